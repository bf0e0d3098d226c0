bias=$(sed -n 's/ *bias: //p' params.yaml)
printf 'model %s\n' "$bias" > model.bin
printf '{"accuracy": 0.%s}\n' "$bias" > metrics.json
