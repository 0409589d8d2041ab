"""Figures in one style, each with a title and a text for those who cannot see it, shown where a cell ends with one."""

from helpers.plots.alarms import alarm_figure, clarke_figure, lead_figure
from helpers.plots.biosignals.ecg import beat_curve_figure, filter_figure, strip_figure
from helpers.plots.biosignals.eeg import clock_figure, eeg_figure, light_figure, worth_figure
from helpers.plots.controls import control
from helpers.plots.datasets import dataset_figure
from helpers.plots.drug_discovery.design import rounds_figure
from helpers.plots.drug_discovery.screen import held_out_figure, likeness_figure, ranking_figure
from helpers.plots.drug_discovery.structures import molecules
from helpers.plots.drug_discovery.target import volcano_figure
from helpers.plots.evaluation import (
    calibration_figure,
    cost_figure,
    coverage_figure,
    decision_figure,
    ece_figure,
    leak_figure,
    prevalence_figure,
    reliability_figure,
    roc_and_pr_figure,
    sample_size_figure,
    subgroup_figure,
)
from helpers.plots.generalisation.shifts import alarm_rate_figure, monitor_figure, shift_figure
from helpers.plots.generalisation.uncertainty import (
    forest_figure,
    left_out_figure,
    risk_coverage_figure,
    set_coverage_figure,
    team_figure,
)
from helpers.plots.genomics.motifs import attention_figure, logo_figure, looked_at, shares_figure
from helpers.plots.genomics.risk import age_figure, association_figure, explained_figure, loss_figure
from helpers.plots.images import (
    draw_image,
    draw_signed,
    feature_map_figure,
    heat_map_figure,
    image_grid,
    kernel_figure,
    pixel_figure,
    receptive_field_figure,
    signed_maps,
)
from helpers.plots.interpretability import (
    deletion_figure,
    maps_figure,
    sanity_figure,
    shapley_figure,
    trust_figure,
    what_if_figure,
)
from helpers.plots.missing_data import (
    breaks_figure,
    deployment_figure,
    imputed_figure,
    mechanism_figure,
    pooled_figure,
    silence_figure,
    tipping_figure,
)
from helpers.plots.neurons import (
    activation_figure,
    curves_figure,
    kinds_figure,
    one_feature_figure,
    region_figure,
    wiring_figure,
)
from helpers.plots.overfitting import (
    diagnosis_figure,
    extrapolation_figure,
    grid_figure,
    many_fits_figure,
    spread_figure,
    stacked_figure,
)
from helpers.plots.privacy import exposure_figure, price_figure
from helpers.plots.recurrent import gradient_figure, lstm_figure, memory_figure, unrolled_figure
from helpers.plots.scores import confusion_figure, interval_figure, learning_curves, threshold_figure
from helpers.plots.series import (
    ecg_figure,
    forecast_figure,
    loss_curves,
    person_figure,
    record_figure,
    split_figure,
)
from helpers.plots.style import COLOURS, Picture, new_figure, save, show_source
