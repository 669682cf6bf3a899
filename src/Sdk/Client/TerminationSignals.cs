#if NET
using System.Runtime.InteropServices;
#endif

namespace TelemetryKit.Client;

/// <summary>
/// Calls a method when Ctrl+C, Ctrl+\, the end of the terminal or a termination request is about to end the process, and also if the tool
/// handles the request itself.
/// </summary>
internal sealed class TerminationSignals : IDisposable
{
#if NET
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="received">Called with true if the process continues, because the tool has cancelled the default action.</param>
    public TerminationSignals(Action<bool> received)
    {
        // Handlers that were registered later are called earlier, so those of the tool have usually decided when this one is called.
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => received(context.Cancel)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => received(context.Cancel)),
            // The terminal was closed, and Ctrl+\.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => received(context.Cancel)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => received(context.Cancel)),
        ];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
#else
    private readonly ConsoleCancelEventHandler _handler;

    /// <param name="received">Called with true if the process continues, because the tool has cancelled the default action.</param>
    public TerminationSignals(Action<bool> received)
    {
        _handler = (_, e) => received(e.Cancel);
        Console.CancelKeyPress += _handler;
    }

    public void Dispose() => Console.CancelKeyPress -= _handler;
#endif
}
