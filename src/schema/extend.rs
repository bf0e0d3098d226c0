//! stub
use crate::base::source::Spanned;
use crate::schema::column::Schema;
use crate::schema::problem::Problem;
pub(crate) fn extend(
    base: &Schema,
    own: Schema,
    drop: &[Spanned<String>],
) -> (Schema, Vec<Problem>) {
    let mut s = base.clone();
    s.columns.retain(|c| !drop.iter().any(|d| d.value == c.name.value));
    if !own.rows.is_empty() {
        s.rows = own.rows;
    }
    for c in own.columns {
        match s.columns.iter_mut().find(|x| x.name.value == c.name.value) {
            Some(x) => *x = c,
            None => s.columns.push(c),
        }
    }
    (s, vec![])
}
