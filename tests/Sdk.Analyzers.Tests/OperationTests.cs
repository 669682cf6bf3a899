namespace TelemetryKit.Analyzers.Tests;

/// <summary>Operations that nothing disposes are reported.</summary>
public class OperationTests
{
    private const string Call = "telemetry.TrackCommand(\"build\")";

    [Theory]
    [InlineData(Call + ";")]
    [InlineData("_ = " + Call + ";")]
    [InlineData("var command = " + Call + "; Console.Write(1);")]
    [InlineData("var command = " + Call + "; command.Succeeded();")]
    [InlineData("var command = " + Call + "; command.With(\"a\", 1).Failed(2);")]
    [InlineData("var command = " + Call + ".With(\"a\", 1); if (text != null) command.Succeeded();")]
    [InlineData("TelemetryOperation command; command = " + Call + "; command.Succeeded();")]
    [InlineData(Call + ".Succeeded();")]
    public async Task An_operation_that_nothing_disposes_is_reported(string statements) =>
        Assert.Equal(["TK0003 " + Call], await Snippet.Statements(statements).Reports());

    [Theory]
    [InlineData("using var command = " + Call + ";")]
    [InlineData("using var command = " + Call + ".With(\"a\", 1);")]
    [InlineData("using (" + Call + ") { }")]
    [InlineData("using (var command = " + Call + ") { command.Succeeded(); }")]
    [InlineData(Call + ".Dispose();")]
    [InlineData(Call + ".Succeeded().Dispose();")]
    [InlineData("var command = " + Call + "; try { command.Succeeded(); } finally { command.Dispose(); }")]
    [InlineData("var command = " + Call + "; command.With(\"a\", 1).Dispose();")]
    [InlineData("var command = " + Call + "; command?.Dispose();")]
    [InlineData("var command = " + Call + "; using (command) { }")]
    [InlineData("var command = " + Call + "; Keep(command);")]
    [InlineData("var command = " + Call + "; AppDomain.CurrentDomain.ProcessExit += (_, _) => command.Dispose();")]
    [InlineData("Keep(" + Call + ");")]
    [InlineData("var commands = new[] { " + Call + " }; Keep(commands[0]);")]
    [InlineData("TelemetryOperation command = null; command = " + Call + "; command.Dispose();")]
    [InlineData("telemetry.Run(\"build\", command => { command.With(\"a\", 1); });")]
    [InlineData("telemetry.TrackFeature(\"a\"); telemetry.TrackMethod(\"b\");")]
    public async Task An_operation_that_may_be_disposed_is_not_reported(string statements) =>
        Assert.Empty(await Snippet.Statements(statements + " static void Keep(TelemetryOperation one) => one.Dispose();").Reports());

    [Theory]
    [InlineData("TelemetryOperation Begin(ITelemetryClient telemetry) => telemetry.TrackCommand(\"build\");")]
    [InlineData("TelemetryOperation Begin(ITelemetryClient telemetry) { var one = telemetry.TrackCommand(\"build\"); return one; }")]
    [InlineData("TelemetryOperation _one; void Begin(ITelemetryClient telemetry) => _one = telemetry.TrackCommand(\"build\");")]
    [InlineData("TelemetryOperation One { get; set; } void Begin(ITelemetryClient telemetry) { One = telemetry.TrackCommand(\"build\"); }")]
    [InlineData("Func<ITelemetryClient, TelemetryOperation> _begin = telemetry => telemetry.TrackCommand(\"build\");")]
    public async Task An_operation_that_is_returned_or_stored_is_not_reported(string members) =>
        Assert.Empty(await Snippet.Members(members).Reports());
}
