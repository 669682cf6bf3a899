using System.CommandLine;

namespace TelemetryKit.CommandLine;

/// <summary>Records an invocation, from its start to its outcome.</summary>
internal sealed class CommandRecord : IDisposable
{
    private readonly ITelemetryClient _telemetry;
    private readonly TelemetryOperation _operation;
    private readonly string _name;

    private CommandRecord(ITelemetryClient telemetry, string name, TelemetryOperation operation)
    {
        _telemetry = telemetry;
        _name = name;
        _operation = operation;
    }

    public static CommandRecord Begin(ParseResult parseResult, ITelemetryClient? telemetry)
    {
        if (telemetry is not { IsEnabled: true } || !Invocation.IsUsage(parseResult))
            return new(NullTelemetryClient.Instance, "", TelemetryOperation.None);
        var name = Invocation.NameOf(parseResult);
        var operation = telemetry.TrackCommand(name);
        if (Invocation.OptionsOf(parseResult) is { Length: > 0 } options)
            operation.With("options", options);
        // The number of errors is recorded, but not what the user typed.
        if (parseResult.Errors.Count > 0)
            operation.With("parse_errors", parseResult.Errors.Count);
        return new(telemetry, name, operation);
    }

    public int Exited(int exitCode)
    {
        _operation.Exited(exitCode);
        return exitCode;
    }

    public void Failed(Exception exception)
    {
        if (exception is OperationCanceledException)
        {
            _operation.Cancelled();
            return;
        }

        _operation.Failed(exception);
        _telemetry.TrackError(exception, new() { ["command"] = _name });
    }

    public void Dispose() => _operation.Dispose();
}
