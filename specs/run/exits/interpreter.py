#!/opt/no/such/python
