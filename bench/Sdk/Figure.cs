namespace TelemetryKit.Bench.Recording;

/// <summary>A measured value, with that of the OpenTelemetry SDK and the limit. These are NaN if there are none.</summary>
internal sealed record Figure(
    string Name, string Unit, double Ours, double OpenTelemetry = double.NaN, double Bound = double.NaN, string Note = "")
{
    public bool IsWithin => !(Ours > Bound);
}
