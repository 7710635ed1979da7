"""Catalog of metrics: definition, range, direction and source of every number that an evaluation gives. No torch."""

from dataclasses import dataclass

LOWER, HIGHER, NEITHER = "lower", "higher", "neither"


@dataclass(frozen=True)
class Metric:
    """`better`: lower, higher, or neither where a number describes and does not rank."""

    name: str
    better: str
    range: str
    definition: str
    source: str


SAMPLES = (
    Metric("fid", LOWER, "0 to ∞",
           "Fréchet distance of Gaussians fitted to Inception features of generated and real images",
           "Heusel et al., arXiv:1706.08500, eq. 6"),
    Metric("fd", LOWER, "0 to ∞",
           "Fréchet distance, as `fid`, on features of another network, which the name says",
           "Heusel et al., arXiv:1706.08500, eq. 6"),
    Metric("kid", LOWER, "about 0 to ∞",
           "unbiased MMD² of Inception features with the cubic polynomial kernel, mean over subsets",
           "Bińkowski et al., arXiv:1801.01401, eq. 4"),
    Metric("kd", LOWER, "about 0 to ∞",
           "kernel distance, as `kid`, on features of another network", "Bińkowski et al., arXiv:1801.01401, eq. 4"),
    Metric("kid_std", NEITHER, "0 to ∞",
           "standard deviation of `kid` over its subsets", "Bińkowski et al., arXiv:1801.01401"),
    Metric("kd_std", NEITHER, "0 to ∞",
           "standard deviation of `kd` over its subsets", "Bińkowski et al., arXiv:1801.01401"),
    Metric("inception_score", HIGHER, "1 to classes",
           "exp of the mean KL of each image's class distribution to their average, by Inception",
           "Salimans et al., arXiv:1606.03498"),
    Metric("class_score", HIGHER, "1 to classes",
           "Inception score by another network, which the name says", "Salimans et al., arXiv:1606.03498"),
    Metric("inception_score_std", NEITHER, "0 to ∞",
           "standard deviation of `inception_score` over its parts", "Salimans et al., arXiv:1606.03498"),
    Metric("class_score_std", NEITHER, "0 to ∞",
           "standard deviation of `class_score` over its parts", "Salimans et al., arXiv:1606.03498"),
    Metric("precision", HIGHER, "0 to 1",
           "share of generated images within the k-nearest-neighbor balls of real ones",
           "Kynkäänniemi et al., arXiv:1904.06991, eq. 1-2"),
    Metric("recall", HIGHER, "0 to 1",
           "share of real images within the k-nearest-neighbor balls of generated ones",
           "Kynkäänniemi et al., arXiv:1904.06991, eq. 1-2"),
    Metric("density", HIGHER, "0 to ∞",
           "number of real balls that hold a generated image, over k; about 1 for equal distributions",
           "Naeem et al., arXiv:2002.09797, eq. 4"),
    Metric("coverage", HIGHER, "0 to 1",
           "share of real images whose ball holds a generated one", "Naeem et al., arXiv:2002.09797, eq. 5"),
    Metric("mean_pairwise_distance", NEITHER, "0 to ∞",
           "mean Euclidean distance of the features of two generated images; compared with that of real ones",
           "metrics/mean_pairwise_distance.py"),
    Metric("vendi_score", HIGHER, "1 to images",
           "exp of the entropy of the eigenvalues of the cosine similarities: effective number of different "
           "images", "Friedman & Dieng, arXiv:2210.02410, def. 3.1"),
    Metric("parzen_log_likelihood", HIGHER, "-∞ to ∞",
           "mean log-density of held-out images under Gaussian windows around samples, in nats; it misleads: "
           "arXiv:1511.01844", "Goodfellow et al., arXiv:1406.2661, table 1"),
    Metric("intra_fd", LOWER, "0 to ∞",
           "mean over classes of the Fréchet distance within each class; `intra_fd/CLASS` of one",
           "Miyato & Koyama, arXiv:1802.05637"),
)  # fmt: skip
MEMORIZATION = (
    Metric("nn_distance_ratio", NEITHER, "0 to ∞",
           "median distance to the nearest training image, generated over held-out: 1 for new images, 0 for "
           "copies", "metrics/memorization.py"),
    Metric("ct_probability", NEITHER, "0 to 1",
           "probability that a generated image is nearer to the training set than a held-out one: 1/2 for new "
           "images, 1 for copies", "Meehan et al., arXiv:2004.05675, eq. 1"),
    Metric("authenticity", HIGHER, "0 to 1",
           "share of generated images farther from their nearest training image than that one from its nearest "
           "fellow", "Alaa et al., arXiv:2102.08921, sec. 3.3"),
)  # fmt: skip
MODES = (
    Metric("modes_covered", HIGHER, "0 to modes",
           "number of known modes that some sample belongs to", "Srivastava et al., arXiv:1705.07761, sec. 4.1"),
    Metric("mode_coverage", HIGHER, "0 to 1",
           "share of known modes that some sample belongs to", "Srivastava et al., arXiv:1705.07761, sec. 4.1"),
    Metric("modes_kl", LOWER, "0 to log modes",
           "KL of the samples' modes to the uniform distribution, in nats", "Metz et al., arXiv:1611.02163"),
    Metric("high_quality_fraction", HIGHER, "0 to 1",
           "share of points within 3 standard deviations of a mode's center",
           "Srivastava et al., arXiv:1705.07761, sec. 4.1"),
    Metric("mode_classifier_accuracy", NEITHER, "0 to 1",
           "held-out accuracy of the classifier that assigns modes", "evaluation/mode_classifier.py"),
)  # fmt: skip
RECONSTRUCTIONS = (
    Metric("mse", LOWER, "0 to 4",
           "squared error averaged over pixels and channels of images in [-1, 1]", "metrics/psnr.py"),
    Metric("psnr", HIGHER, "0 to 100 dB",
           "10 log10(2² / MSE), mean over images, each 100 dB at most", "metrics/psnr.py"),
    Metric("ssim", HIGHER, "at most 1",
           "structural similarity, Gaussian windows of 11 pixels", "Wang et al., 2004, eq. 13"),
    Metric("ms_ssim", HIGHER, "0 to 1", "multi-scale structural similarity", "Wang, Simoncelli & Bovik, 2003, eq. 7"),
    Metric("lpips", LOWER, "0 to ∞", "learned perceptual distance", "Zhang et al., arXiv:1801.03924"),
)  # fmt: skip
SIGNALS = (
    Metric("nmse", LOWER, "0 to ∞",
           "squared error of a signal over that of its own mean, 1 - R², mean over trials; of reconstructions or "
           "translations", "metrics/signals.py"),
    Metric("spectrum_error", LOWER, "0 to ∞",
           "`nmse` of the amplitudes of a signal's frequencies, whatever their phases", "metrics/signals.py"),
)  # fmt: skip
TRANSLATIONS = (
    Metric("hole_psnr", HIGHER, "0 to 100 dB",
           "PSNR of the missing pixels alone, mean over images", "metrics/translation.py"),
    Metric("seam_ratio", NEITHER, "0 to ∞",
           "mean difference of neighbors across a hole's border, over that of the true images: 1 without a seam",
           "metrics/translation.py"),
    Metric("luma_psnr", HIGHER, "1.32 to 100 dB",
           "PSNR of the luma Y, from 16 to 235 of 255, without a border of the enlarging factor, mean over images",
           "Ledig et al., arXiv:1609.04802, sec. 3.1"),
    Metric("consistency_psnr", HIGHER, "0 to 100 dB",
           "PSNR of the enlarged image, made small again, to the small one that was given", "metrics/psnr.py"),
    Metric("ab_error", LOWER, "0 to ∞", "mean distance in the ab plane of CIE Lab", "Zhang et al., arXiv:1603.08511"),
    Metric("chroma_ratio", NEITHER, "0 to ∞",
           "mean chroma over that of the true images: 1 for as strong colors", "metrics/color.py"),
    Metric("a_intersection", HIGHER, "0 to 1",
           "intersection of the histograms of a (green to red) of all pixels",
           "Isola et al., arXiv:1611.07004, fig. 7"),
    Metric("b_intersection", HIGHER, "0 to 1",
           "intersection of the histograms of b (blue to yellow) of all pixels",
           "Isola et al., arXiv:1611.07004, fig. 7"),
    Metric("inversion_rate", LOWER, "0 to 1",
           "share of translations whose negative is nearer to their counterpart than they are",
           "metrics/translation.py"),
    Metric("retrieval_at_1", HIGHER, "0 to 1",
           "share of translations nearer to their own counterpart than to any other image's", "metrics/translation.py"),
    Metric("factor_error", LOWER, "0 to ∞",
           "mean absolute error of the known factors as a small network reads them, in their standard deviations",
           "evaluation/factor_reader.py"),
    Metric("factor_reader_error", NEITHER, "0 to ∞",
           "`factor_error` of the true counterparts: what the reader itself gets wrong", "evaluation/factor_reader.py"),
    Metric("cycle_error", LOWER, "0 to 2",
           "mean absolute error of the way there and back", "Zhu et al., arXiv:1703.10593, eq. 2"),
    Metric("cycle_error_with_noise", LOWER, "0 to 2",
           "`cycle_error` with noise on the translation: far above it where the source is hidden there",
           "Chu et al., arXiv:1712.02950"),
    Metric("cycle_error_of_bytes", LOWER, "0 to 2",
           "`cycle_error` with the translation rounded to 8 bits", "Chu et al., arXiv:1712.02950"),
)  # fmt: skip
CODES = (
    Metric("rate", NEITHER, "0 to ∞",
           "mean KL of the posterior to the prior, in nats per image", "Kingma & Welling, arXiv:1312.6114"),
    Metric("active_units", NEITHER, "0 to latents",
           "latents whose posterior mean varies over images by more than a threshold",
           "Burda et al., arXiv:1509.00519, sec. 5.2"),
    Metric("aggregate_kl", LOWER, "about 0 to ∞",
           "KL of the aggregate posterior to the prior, in nats", "Chen et al., arXiv:1802.04942, eq. 2"),
    Metric("total_correlation", LOWER, "about 0 to ∞",
           "KL of the aggregate posterior to the product of its marginals, in nats",
           "Chen et al., arXiv:1802.04942, eq. 2"),
    Metric("dimension_wise_kl", LOWER, "about 0 to ∞",
           "sum over latents of the KL of the marginal to the prior, in nats", "Chen et al., arXiv:1802.04942, eq. 2"),
    Metric("negative_log_likelihood", LOWER, "-∞ to ∞",
           "-log p(x) by importance sampling, in nats per image", "Burda et al., arXiv:1509.00519, eq. 8"),
    Metric("negative_elbo", LOWER, "-∞ to ∞",
           "negative evidence lower bound, in nats per image", "Kingma & Welling, arXiv:1312.6114"),
    Metric("bits_per_dimension", LOWER, "-∞ to ∞",
           "-log2 p(x) of the 8-bit image, per pixel and channel", "van den Oord et al., arXiv:1601.06759"),
    Metric("mig", HIGHER, "0 to 1",
           "mutual information gap of the two most informative latents, over the factor's entropy, mean over "
           "factors; `mig/FACTOR` of one", "Chen et al., arXiv:1802.04942, eq. 6"),
    Metric("sap", HIGHER, "0 to 1",
           "separated attribute predictability: gap of the two best single latents' scores",
           "Kumar et al., arXiv:1711.00848, sec. 3"),
    Metric("dci_disentanglement", HIGHER, "0 to 1",
           "1 - entropy of a latent's importance over factors, weighted", "Eastwood & Williams, ICLR 2018, sec. 2"),
    Metric("dci_completeness", HIGHER, "0 to 1",
           "1 - entropy of a factor's importance over latents", "Eastwood & Williams, ICLR 2018, sec. 2"),
    Metric("dci_informativeness", HIGHER, "0 to 1",
           "held-out accuracy, or R², of a random forest from codes to factors",
           "Eastwood & Williams, ICLR 2018, sec. 2"),
    Metric("factor_vae_score", HIGHER, "0 to 1",
           "accuracy of the majority vote of the latent that varies least where one factor is fixed",
           "Kim & Mnih, arXiv:1802.05983, sec. 4"),
    Metric("beta_vae_score", HIGHER, "0 to 1",
           "accuracy of a linear classifier of the factor that pairs of images share",
           "Higgins et al., ICLR 2017, sec. 3"),
    Metric("linear_probe_accuracy", HIGHER, "0 to 1",
           "held-out accuracy of logistic regression from codes to classes", "metrics/probes.py"),
    Metric("knn_accuracy", HIGHER, "0 to 1",
           "held-out accuracy of the vote of the k nearest training codes", "metrics/probes.py"),
    Metric("majority_class_accuracy", NEITHER, "0 to 1",
           "accuracy of the most frequent training class", "metrics/probes.py"),
)  # fmt: skip
MAPS = (
    Metric("map_knn_accuracy", HIGHER, "0 to 1",
           "leave-one-out accuracy of the vote of the k nearest points on a map of codes in the plane",
           "metrics/maps.py"),
    Metric("trustworthiness", HIGHER, "0 to 1",
           "whether neighbors on a map of codes are neighbors as images, by their pixels",
           "Venna & Kaski, Neural Networks 19 (2006), eq. 1"),
)  # fmt: skip
CLASSIFICATION = (
    Metric("accuracy", HIGHER, "0 to 1",
           "share of held-out images whose most probable class is theirs", "metrics/accuracy.py"),
)  # fmt: skip
DETECTION = (
    Metric("auroc", HIGHER, "0 to 1",
           "probability that an anomalous image scores above a normal one, ties half: area under the ROC curve",
           "Fawcett, Pattern Recognition Letters 27 (2006), sec. 7"),
    Metric("average_precision", HIGHER, "0 to 1",
           "precision at each anomalous image's score, averaged over them; by chance the share of anomalous images",
           "metrics/detection.py"),
    Metric("false_alarm_rate", NEITHER, "0 to 1",
           "share of normal images above the threshold, to be compared with the rate that the threshold was set at",
           "metrics/detection.py"),
    Metric("detection_rate", HIGHER, "0 to 1", "share of anomalous images above the threshold", "metrics/detection.py"),
)  # fmt: skip
GROUPS = {
    "Samples": SAMPLES, "Memorization": MEMORIZATION, "Modes": MODES, "Reconstructions": RECONSTRUCTIONS,
    "Signals": SIGNALS,
    "Translations": TRANSLATIONS,
    "Codes": CODES, "Maps": MAPS, "Classification": CLASSIFICATION, "Anomaly detection": DETECTION,
}  # fmt: skip
CATALOG = {metric.name: metric for group in GROUPS.values() for metric in group}


def find(number: str) -> Metric | None:
    """Metric of a reported number, by the part of it that is cataloged: `fid/inception/10k_train`,
    `selection/fd/efficientnet_lite0/500_val`; None where there is none."""
    return next((CATALOG[part] for part in number.split("/") if part in CATALOG), None)


def better(number: str) -> str:
    """Direction of a reported number: lower, higher or neither; losses are minimized.

    >>> better("fd/efficientnet_lite0/2k_train"), better("val/psnr"), better("val/loss")
    ('lower', 'higher', 'lower')
    """
    if metric := find(number):
        return metric.better
    return LOWER if number.rpartition("/")[2] == "loss" else NEITHER
