using System.Globalization;
using System.Text.Json;

namespace TelemetryKit.Bench.Recording;

/// <summary>Prints the figures as a table and, in the last line, as JSON.</summary>
internal sealed class Report
{
    private readonly List<Figure> _figures = [];

    /// <summary>Whether every figure is within its limit.</summary>
    public bool AllWithin => _figures.TrueForAll(figure => figure.IsWithin);

    public void Add(Figure figure) => _figures.Add(figure);

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine(Row("", "unit", "TelemetryKit", "OpenTelemetry", "bound", ""));
        foreach (var figure in _figures)
        {
            Console.WriteLine(Row(
                figure.Name, figure.Unit, Text(figure.Ours), Text(figure.OpenTelemetry), Text(figure.Bound),
                figure.IsWithin ? figure.Note : "MISSED " + figure.Note));
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            bench = "sdk",
            processors = Environment.ProcessorCount,
            runtime = Environment.Version.ToString(),
            figures = _figures.Select(figure => new
            {
                name = figure.Name,
                unit = figure.Unit,
                ours = Number(figure.Ours),
                opentelemetry = Number(figure.OpenTelemetry),
                bound = Number(figure.Bound),
                within = figure.IsWithin,
                note = figure.Note,
            }),
        }));
    }

    private static string Row(string name, string unit, string ours, string theirs, string bound, string note) =>
        $"{name,-58}{unit,-7}{ours,14}{theirs,15}{bound,10}  {note}".TrimEnd();

    private static string Text(double value) =>
        double.IsNaN(value) ? "" : value.ToString(Math.Abs(value) < 1_000 ? "0.00" : "N0", CultureInfo.InvariantCulture);

    private static double? Number(double value) => double.IsNaN(value) ? null : Math.Round(value, 3);
}
