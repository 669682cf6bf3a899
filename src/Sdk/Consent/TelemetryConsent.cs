using TelemetryKit.Consent;
using TelemetryKit.Context;
using TelemetryKit.Options;

namespace TelemetryKit;

/// <summary>
/// What the user of a tool decided about its telemetry, and how to ask, change or forget it. <see cref="TelemetryCommands"/>
/// makes a command of it.
/// </summary>
public sealed class TelemetryConsent
{
    /// <summary>The name of the command that manages consent. A run that begins with it does not ask for consent.</summary>
    internal const string CommandName = "telemetry";

    private readonly OptionValues _options;
    private readonly Host _host;
    private readonly Switches _switches;
    private ConsentState _state;
    private string _reason;

    internal TelemetryConsent(OptionValues options, Host host, Switches switches)
    {
        _options = options;
        _host = host;
        _switches = switches;
        _state = Decide(out _reason);
    }

    /// <summary>Whether events may be recorded.</summary>
    public ConsentState State => _state;

    /// <summary>
    /// What decided: an environment variable's name, <c>user</c>, <c>notice</c>, <c>host</c>, <c>debug</c>, or empty when nothing has.
    /// </summary>
    public string Reason => _reason;

    /// <summary>The file that remembers the decision; null where there is no home directory.</summary>
    public string? FilePath =>
        ServicePaths.Root(_options, _host) is { } root ? ServicePaths.Consent(root, _options.ServiceName) : null;

    /// <summary>What this tool collects, line by line, as it is shown to the user and remembered with the decision.</summary>
    public IReadOnlyList<string> Collected => CollectedFields.Of(_options);

    /// <summary>Called when events may or may no longer be recorded.</summary>
    internal Action<ConsentState>? Changed;

    /// <summary>Deletes what waits to be sent, in memory too, and ends the recording of this run; set by the client.</summary>
    internal Action? Forget;

    /// <summary>
    /// Records a yes to what is collected today. False when an environment variable keeps telemetry off, or when it could not be
    /// remembered; then it holds for this run.
    /// </summary>
    public bool Grant() => Remember(ConsentRecord.Granted, ConsentState.Granted);

    /// <summary>Records a no. What was recorded and not yet sent is deleted.</summary>
    public bool Deny()
    {
        var remembered = Remember(ConsentRecord.Denied, ConsentState.Denied);
        Forget?.Invoke();
        return remembered;
    }

    /// <summary>
    /// Asks the user, if a user is there to be asked and has not decided yet; true when events may be recorded afterwards. Writes to
    /// standard error, and does nothing in CI or when input or output is redirected.
    /// </summary>
    public bool Ask()
    {
        if (_state == ConsentState.Unknown && CanAsk())
        {
            var answer = ConsentPrompt.Ask(_options, _host);
            if (answer == true)
                Grant();
            else if (answer == false)
                Deny();
        }

        return _state == ConsentState.Granted;
    }

    /// <summary>An example of exactly what is sent, as indented JSON.</summary>
    public string ShowSample() => SampleBatch.Json(_options, _host);

    /// <summary>
    /// Deletes what waits to be sent and gives the user a new anonymous id, so that nothing that is sent later can be joined with what was
    /// sent before; the rest of this run records nothing. The old id is returned: with it the user can ask the tool's author to delete what was sent. Null when there was none.
    /// </summary>
    public string? Delete()
    {
        Forget?.Invoke();
        return ServicePaths.Root(_options, _host) is { } root
            ? Installation.Renew(ServicePaths.Service(root, _options.ServiceName))
            : null;
    }

    /// <summary>What <see cref="TelemetryKitClient.Create(TelemetryOptions)"/> does at the start: shows the notice, or asks.</summary>
    internal ConsentState Begin()
    {
        // "mytool telemetry off" is an answer already, and "mytool telemetry show" asks what the question is about.
        if (_state != ConsentState.Unknown || IsAboutTelemetry())
            return _state;
        if (_options.Consent == ConsentMode.OptIn && _options.AskForConsent)
        {
            Ask();
        }
        else if (_options.Consent == ConsentMode.OptOut && CanAsk())
        {
            ConsentPrompt.ShowNotice(_options, _host);
            // The run that shows the notice records nothing, whatever could be remembered.
            TryWrite(ConsentRecord.Noticed);
        }

        return _state;
    }

    private bool IsAboutTelemetry()
    {
        var words = _host.CommandLine;
        return words.Length > 1 && words[1] == CommandName;
    }

    private ConsentState Decide(out string reason)
    {
        reason = _switches.Reason;
        if (_switches.Enabled == false)
            return ConsentState.Denied;
        // Nothing is sent or kept in debug mode; the author wants to see what would be.
        if (_switches.Debug)
        {
            reason = "debug";
            return ConsentState.Granted;
        }

        if (_switches.Enabled == true)
            return ConsentState.Granted;
        return _options.Consent == ConsentMode.HostDecides ? DecideByHost(ref reason) : DecideByUser(ref reason);
    }

    private ConsentState DecideByHost(ref string reason)
    {
        if (HostSwitch() is not { } allowed)
            return ConsentState.Unknown;
        reason = "host";
        return allowed ? ConsentState.Granted : ConsentState.Denied;
    }

    private ConsentState DecideByUser(ref string reason)
    {
        if (FilePath is not { } path || ConsentRecord.TryRead(path) is not { } record)
            return ConsentState.Unknown;
        var noticed = record.Decision == ConsentRecord.Noticed;
        if (record.Decision != ConsentRecord.Denied)
        {
            // What has grown since must be agreed to anew; and a notice is no yes, should the tool have begun to ask.
            if (!record.Covers(Collected) || (noticed && _options.Consent != ConsentMode.OptOut))
                return ConsentState.Unknown;
        }

        reason = noticed ? "notice" : "user";
        return record.Decision == ConsentRecord.Denied ? ConsentState.Denied : ConsentState.Granted;
    }

    private bool? HostSwitch() =>
        AppContext.TryGetSwitch("TelemetryKit.Enabled." + _options.ServiceName, out var forThis) ? forThis
        : AppContext.TryGetSwitch("TelemetryKit.Enabled", out var forAll) ? forAll
        : null;

    private bool CanAsk() => KnownActors.BuildService(_host) is null && _host.IsInteractive;

    private bool Remember(string decision, ConsentState state)
    {
        if (_switches.Enabled == false)
            return false;
        // A host decides anew at each start; only a user's decision is remembered.
        var byHost = _options.Consent == ConsentMode.HostDecides;
        var remembered = byHost || TryWrite(decision);
        _state = state;
        _reason = byHost ? "host" : "user";
        Changed?.Invoke(state);
        return remembered;
    }

    private bool TryWrite(string decision)
    {
        try
        {
            if (FilePath is not { } path)
                return false;
            new ConsentRecord(decision, Collected).Write(path, _options.ServiceName, _host.Clock.UtcNow);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
