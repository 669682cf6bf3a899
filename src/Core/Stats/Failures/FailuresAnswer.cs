namespace TelemetryKit.Core.Stats.Failures;

/// <summary>What fails, with which exit code, in which version, on which operating system.</summary>
/// <param name="Runs">Events with <c>success</c>.</param>
/// <param name="Failures">Events with <c>success</c> false.</param>
/// <param name="FailureRate">Failures ÷ runs, from 0 to 1 with four decimals; <c>null</c> if there are no runs.</param>
/// <param name="Other">
/// Failures of the combinations that aren't listed. A failure with several exit codes counts for each of them.
/// </param>
/// <param name="Items">The combinations of exit code, version and operating system, most failures first.</param>
/// <param name="Accuracy">How accurate the numbers are.</param>
public sealed record FailuresAnswer(
    long Runs, long Failures, double? FailureRate, long Other, IReadOnlyList<FailureItem> Items, Accuracy Accuracy);

/// <summary>Failures with one exit code in one version on one operating system.</summary>
/// <param name="ExitCode">The metadata value <c>exit_code</c>; <c>(none)</c> if there is none.</param>
/// <param name="Version">The version of the tool; <c>(none)</c> if it is unknown.</param>
/// <param name="Os">The operating system; <c>(none)</c> if it is unknown.</param>
/// <param name="Failures">Failures; at least this many if the answer is truncated.</param>
/// <param name="Installs">Distinct installs with such a failure.</param>
/// <param name="Share">The share of all failures, from 0 to 1 with four decimals.</param>
/// <param name="Runs">All runs of the version on the operating system, with any outcome.</param>
/// <param name="FailureRate">
/// Failures with the exit code ÷ these runs, from 0 to 1 with four decimals; <c>null</c> if the runs aren't known because the answer is
/// truncated.
/// </param>
/// <param name="FirstSeen">The earliest such failure in the range.</param>
/// <param name="LastSeen">The latest such failure in the range.</param>
public sealed record FailureItem(
    string ExitCode,
    string Version,
    string Os,
    long Failures,
    long Installs,
    double Share,
    long? Runs,
    double? FailureRate,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen);
