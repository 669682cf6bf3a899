using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>
/// Validates the options and reports all faults together. The client itself tolerates faults, because a wrong option must not stop a tool
/// on a user's machine. A service, on the other hand, has an operator who can correct it.
/// </summary>
internal sealed partial class OptionsValidator(TelemetrySwitch telemetry, IOptions<TelemetryHostingOptions> hosting)
    : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        var faults = new OptionFaults();
        // Validated here rather than by a separate validator, so that all faults are reported together.
        faults.Range(nameof(hosting.Value.FlushTimeout), hosting.Value.FlushTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        // The key may be missing if nothing is recorded, as on a developer's machine.
        if (telemetry.IsOn)
            Check(options, faults);
        return faults.Result;
    }

    private static void Check(TelemetryOptions options, OptionFaults faults)
    {
        var keyVariable = Environment.GetEnvironmentVariable("TELEMETRYKIT_KEY");
        if (options.Backends.Count == 0 && !Key().IsMatch(string.IsNullOrEmpty(keyVariable) ? options.Key ?? "" : keyVariable))
            faults.Add(nameof(options.Key), "must be a write key: tk_live_ or tk_test_, followed by 32 letters and digits");
        if (options.Endpoint is { } endpoint && !(endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https"))
            faults.Add(nameof(options.Endpoint), "must be an absolute http or https address");
        faults.Range(nameof(options.BatchEvents), options.BatchEvents, 1, 1_000);
        faults.Range(nameof(options.BatchBytes), options.BatchBytes, 1024, 4 * 1024 * 1024);
        faults.Range(nameof(options.Interval), options.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7));
        faults.Range(nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        faults.Range(nameof(options.RetryMinDelay), options.RetryMinDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        faults.Range(nameof(options.RetryMaxDelay), options.RetryMaxDelay, options.RetryMinDelay, TimeSpan.FromDays(1));
        faults.Range(nameof(options.CompressAbove), options.CompressAbove, 0, int.MaxValue);
        faults.Range(nameof(options.QueueEvents), options.QueueEvents, 100, 1_000_000);
        faults.Range(nameof(options.QueueBytes), options.QueueBytes, 64 * 1024, 1_000_000_000);
    }

    [GeneratedRegex("^tk_(live|test)_[0-9A-Za-z]{32}$")]
    private static partial Regex Key();
}
