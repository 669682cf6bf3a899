using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>Gathers what is wrong, each with the place in the configuration where it is written.</summary>
internal sealed class OptionFaults
{
    private readonly ValidateOptionsResultBuilder _found = new();

    public ValidateOptionsResult Result => _found.Build();

    public void Add(string option, string fault) => _found.AddError(TelemetryHostingOptions.Section + ":" + option + " " + fault);

    public void Range<T>(string option, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            Add(option, FormattableString.Invariant($"must be from {min} to {max}, and is {value}"));
    }
}
