namespace TelemetryKit.Bench.Recording;

/// <summary>One measured figure of ours, beside the same of the OpenTelemetry SDK and the bound we set ourselves; NaN where there is none.</summary>
internal sealed record Figure(
    string Name, string Unit, double Ours, double OpenTelemetry = double.NaN, double Bound = double.NaN, string Note = "")
{
    public bool IsWithin => !(Ours > Bound);
}
