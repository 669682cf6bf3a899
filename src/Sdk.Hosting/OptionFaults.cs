using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>Collects faults in the options, each with the key of the configuration.</summary>
internal sealed class OptionFaults
{
    private readonly ValidateOptionsResultBuilder _faults = new();

    public ValidateOptionsResult Result => _faults.Build();

    public void Add(string option, string fault) => _faults.AddError(TelemetryHostingOptions.Section + ":" + option + " " + fault);

    public void Range<T>(string option, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            Add(option, FormattableString.Invariant($"must be from {min} to {max}, but is {value}"));
    }
}
