//! Numbers in pairs: how much they move together.

use crate::schema::watch::deviation::Double;
use crate::schema::watch::measure::count;

/// Means, squares and products of pairs, in one pass and with twice the digits of a float.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    pub(crate) count: u64,
    means: [Double; 2],
    squares: [Double; 2],
    products: Double,
    infinite: bool,
}

impl Pairs {
    pub(crate) fn add(&mut self, one: f64, other: f64) {
        self.infinite |= one.is_infinite() || other.is_infinite();
        let single = Self { count: 1, means: [one.into(), other.into()], ..Self::default() };
        self.join(&single);
    }

    /// Two samples as one (Chan, Golub and `LeVeque` 1979).
    pub(crate) fn join(&mut self, later: &Self) {
        self.infinite |= later.infinite;
        if later.count == 0 {
            return;
        }
        let (own, more) = (count(self.count), count(later.count));
        self.count += later.count;
        let both = own + more;
        let ([own_a, own_b], [a, b]) = (self.means, later.means);
        let (off_a, off_b) = (a - own_a, b - own_b);
        // What two products of differences weigh in the whole.
        let weighed =
            |one: Double, other: Double| (one * other * own.into()).over(both) * more.into();
        let ([squares_a, squares_b], [more_a, more_b]) = (self.squares, later.squares);
        self.squares = [
            squares_a + more_a + weighed(off_a, off_a),
            squares_b + more_b + weighed(off_b, off_b),
        ];
        self.products = self.products + later.products + weighed(off_a, off_b);
        let moved = |mean: Double, off: Double| mean + (off * more.into()).over(both);
        self.means = [moved(own_a, off_a), moved(own_b, off_b)];
    }

    /// The correlation of a sample (Pearson). `None` for fewer than two pairs, or when one side does
    /// not vary, or by more than a float can say.
    pub(crate) fn correlation(&self) -> Option<f64> {
        let [a, b] = self.squares.map(|it| it.high.sqrt());
        let varies = |it: f64| it > 0.0 && it.is_finite();
        let known = !self.infinite && varies(a) && varies(b);
        known.then(|| (self.products.high / a / b).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(f64, f64)], size: usize) -> Option<f64> {
        let mut whole = Pairs::default();
        for some in pairs.chunks(size) {
            let mut piece = Pairs::default();
            some.iter().for_each(|(one, other)| piece.add(*one, *other));
            whole.join(&piece);
        }
        whole.correlation()
    }

    /// The values are those of numpy 2.
    #[test]
    fn correlations_are_those_of_numpy() {
        let pairs = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 5.0)];
        for size in [1, 2, 9] {
            let found = of(&pairs, size).expect("they vary");
            assert!((found - 0.8).abs() < 1e-15, "{found}");
        }
        assert_eq!(of(&[(1.0, -3.0), (2.0, -6.0)], 9), Some(-1.0));
        assert_eq!(of(&[(1.0, 1.0)], 9), None);
        assert_eq!(of(&[(1.0, 1.0), (1.0, 2.0)], 9), None);
        assert_eq!(of(&[(1.0, 1.0), (f64::INFINITY, 2.0), (3.0, 4.0)], 9), None);
    }
}
