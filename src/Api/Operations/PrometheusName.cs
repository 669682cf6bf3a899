using System.Text;

namespace TelemetryKit.Api.Operations;

/// <summary>Names of OpenTelemetry's instruments in Prometheus' form, after OpenTelemetry's "Prometheus and OpenMetrics Compatibility".</summary>
internal static class PrometheusName
{
    /// <summary>The metric's name: characters that aren't allowed become <c>_</c>, the unit is spelt out at the end, and counters end in <c>_total</c>.</summary>
    public static string OfMetric(string name, string unit, bool isCounter, bool isGauge)
    {
        var text = OfLabel(name);
        var suffix = UnitSuffix(unit, isGauge);
        if (isCounter && text.EndsWith("_total", StringComparison.Ordinal))
            text = text[..^"_total".Length];
        if (suffix.Length > 0 && !text.EndsWith("_" + suffix, StringComparison.Ordinal))
            text += "_" + suffix;
        return isCounter ? text + "_total" : text;
    }

    /// <summary>A label's name.</summary>
    public static string OfLabel(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var allowed = char.IsAsciiLetterOrDigit(c) || c == '_';
            if (text.Length == 0 && char.IsAsciiDigit(c))
                text.Append('_');
            // Runs of other characters become one underscore.
            if (allowed || text.Length == 0 || text[^1] != '_')
                text.Append(allowed ? c : '_');
        }

        return text.ToString();
    }

    // UCUM, as instruments give it. What stands in braces is an annotation: {event} is a number of events, not a unit.
    private static string UnitSuffix(string unit, bool isGauge) => unit switch
    {
        "" => "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "%" => "percent",
        "1" => isGauge ? "ratio" : "",
        _ when unit[0] == '{' => "",
        _ => OfLabel(unit),
    };
}
