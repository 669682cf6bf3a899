namespace TelemetryKit.Core.Stats.Retention;

/// <summary>How many of the installs that began in a week come back in later weeks.</summary>
/// <param name="Cohorts">
/// The weeks of first use, earliest first; <c>null</c> if a day has more installs than can be compared between weeks (65,536).
/// </param>
/// <param name="Accuracy">
/// How accurate the numbers are. If there are more than about two million installs by day, a sample by their hashes is compared, and
/// <c>relative_error</c> is the standard error of the smallest cohort's size.
/// </param>
public sealed record RetentionAnswer(IReadOnlyList<Cohort>? Cohorts, Accuracy Accuracy);

/// <summary>The installs whose first event is in a week, as far as events are kept.</summary>
/// <param name="Week">The first day of the week, a Monday, UTC.</param>
/// <param name="Installs">Distinct installs.</param>
/// <param name="Weeks">The weeks since then up to the last day of the range, the week of first use first.</param>
public sealed record Cohort(DateOnly Week, long Installs, IReadOnlyList<CohortWeek> Weeks);

/// <summary>The activity of a cohort in a week.</summary>
/// <param name="Active">Distinct installs of the cohort with an event in the week.</param>
/// <param name="Share">Active ÷ installs of the cohort, from 0 to 1 with four decimals; <c>null</c> for an empty cohort.</param>
public sealed record CohortWeek(long Active, double? Share);
