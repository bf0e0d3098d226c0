//! What the names of metrics tell: which way is better, and whether they lie between 0 and 1.
//!
//! Only names that mean the same everywhere count; of all others nothing is concluded.

/// Parts of 1 of which more is better.
const SHARES: &[&str] = &[
    "accuracy",
    "acc",
    "auc",
    "auroc",
    "auprc",
    "dice",
    "f1",
    "fbeta",
    "iou",
    "jaccard",
    "miou",
    "ndcg",
    "precision",
    "recall",
    "sensitivity",
    "specificity",
    "tnr",
    "tpr",
];

/// Other quantities of which more is better.
const HIGHER: &[&str] = &["bleu", "kappa", "mcc", "psnr", "r2", "rouge", "ssim"];

/// Quantities of which less is better.
const LOWER: &[&str] = &[
    "brier",
    "cer",
    "error",
    "fid",
    "fnr",
    "fpr",
    "latency",
    "logloss",
    "loss",
    "mae",
    "mape",
    "mse",
    "perplexity",
    "rmse",
    "smape",
    "wer",
];

/// Words that make a metric a quantity of another kind: `accuracy_std`, `auc-gap`.
const ABOUT: &[&str] = &[
    "change",
    "count",
    "delta",
    "diff",
    "difference",
    "disparity",
    "drift",
    "drop",
    "gap",
    "improvement",
    "increase",
    "gain",
    "n",
    "num",
    "ratio",
    "reduction",
    "rise",
    "seconds",
    "spread",
    "std",
    "time",
    "total",
    "var",
    "variance",
];

/// What is known of a metric by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nature {
    /// Whether it lies between 0 and 1.
    pub(super) share: bool,
    pub(super) better: Better,
}

/// Which way a metric improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Better {
    Higher,
    Lower,
}

/// What the name of a metric tells; `None` when it tells nothing, or two things.
pub(super) fn nature(name: &str) -> Option<Nature> {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let share = has(SHARES);
    match (has(ABOUT), share || has(HIGHER), has(LOWER)) {
        (false, true, false) => Some(Nature { share, better: Better::Higher }),
        (false, false, true) => Some(Nature { share: false, better: Better::Lower }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_understood() {
        let higher = |share| Some(Nature { share, better: Better::Higher });
        let lower = Some(Nature { share: false, better: Better::Lower });
        for (name, want) in [
            ("accuracy", higher(true)),
            ("holdout_accuracy", higher(true)),
            ("test.roc-auc", higher(true)),
            ("F1", higher(true)),
            ("r2", higher(false)),
            ("val_loss", lower),
            ("error-rate", lower),
            ("accuracy_loss", None),
            ("accuracy_std", None),
            ("auc-gap", None),
            ("revenue", None),
            ("macc", None),
        ] {
            assert_eq!(nature(name), want, "{name}");
        }
    }
}
