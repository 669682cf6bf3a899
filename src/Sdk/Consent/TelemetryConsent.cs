using TelemetryKit.Consent;
using TelemetryKit.Context;
using TelemetryKit.Erasure;
using TelemetryKit.Options;
using TelemetryKit.Pipeline;
using TelemetryKit.Platform;

namespace TelemetryKit;

/// <summary>
/// The user's decision about a tool's telemetry: asks for it, stores it and changes it. <see cref="TelemetryCommands"/> is a ready-made
/// command for it.
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

    // The stamp of the decision when it was last read. Read and written by several threads without a lock: a torn value causes at most one
    // unnecessary look at the file.
    private long _stamp;
    private string[]? _paths;

    internal TelemetryConsent(OptionValues options, Host host, Switches switches)
    {
        _options = options;
        _host = host;
        _switches = switches;
        _state = ReadState(out _reason);
    }

    /// <summary>Whether events may be recorded.</summary>
    public ConsentState State => _state;

    /// <summary>
    /// What determined the state: the name of an environment variable, the path of a file that forbids telemetry, <c>user</c>,
    /// <c>notice</c>, <c>host</c> or <c>debug</c>; <c>unreadable</c> if the stored decision cannot be read; <c>configuration</c> if the
    /// tool has no name or could not configure its telemetry; empty if nothing did.
    /// </summary>
    public string Reason => _reason;

    /// <summary>The file that stores the decision; null if there is no home directory.</summary>
    public string? FilePath =>
        ServicePaths.Root(_options, _host) is { } root ? ServicePaths.Consent(root, _options.ServiceName) : null;

    /// <summary>The file that decided, which may be in another folder than <see cref="FilePath"/> if that is named by a variable.</summary>
    internal string? DecidingPath
    {
        get
        {
            Stored(out var path);
            return path;
        }
    }

    /// <summary>What this tool collects, line by line, as it is shown to the user and stored with the decision.</summary>
    public IReadOnlyList<string> Collected => CollectedFields.Of(_options);

    /// <summary>Called when the state changes. Set by the client.</summary>
    internal Action<ConsentState>? Changed;

    /// <summary>Deletes pending events on disk and in memory, and ends the recording of this run. Set by the client.</summary>
    internal Action? DeletePending;

    /// <summary>
    /// Grants consent to what is collected now. Returns false if a variable or a file forbids telemetry, if the stored decision cannot be
    /// read, or if the decision could not be stored; in the latter case it applies to this run only.
    /// </summary>
    public bool Grant()
    {
        if (_switches.Enabled == false || !_options.IsUsable)
            return false;
        // A host may change its own mind, but not the user's. What cannot be read may have been a no.
        if (Stored(out _) is { Forbids: true } stored && (IsHostDecision || stored.Decision == ConsentRecord.Unreadable))
            return false;
        return Decide(ConsentRecord.Granted, ConsentState.Granted);
    }

    /// <summary>
    /// Denies consent, also while a variable or a file forbids telemetry already, and deletes events that were recorded and not yet sent.
    /// Returns false if the decision could not be stored; it applies to this run only then.
    /// </summary>
    public bool Deny()
    {
        var stored = Decide(ConsentRecord.Denied, ConsentState.Denied);
        DeletePending?.Invoke();
        return stored;
    }

    /// <summary>
    /// Asks the user, unless the user has decided already. Writes to standard error, and waits 30 seconds for an answer. Asks only a
    /// person: at a terminal in the foreground, not in CI or for a coding agent, and only if the answer can be stored. Returns true if
    /// events may be recorded afterwards.
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

    /// <summary>Returns an example of exactly what is sent, as indented JSON.</summary>
    public string ShowSample() => SampleBatch.Json(_options, _host);

    /// <summary>
    /// Deletes pending events, forgets the anonymous id, and asks the server to erase what was sent with it. Works offline and while
    /// telemetry is disabled: the request waits until a run that sends events, or the telemetry command, can send it. The rest of this run
    /// records nothing.
    /// </summary>
    /// <returns>
    /// The old id; null if there was none or the request could not be stored, so that the id is still in use.
    /// </returns>
    public string? Delete()
    {
        DeletePending?.Invoke();
        if (ServicePaths.Root(_options, _host) is not { } root)
            return null;
        var folder = ServicePaths.Service(root, _options.ServiceName);
        TryWrite(() => ForgetDeliveries(folder));
        TryWrite(new ErasureFiles(folder).AskAgain);
        if (Installation.ReadSecret(folder) is not { } secret)
            return null;
        var request = new ErasureRequest(secret, _options.SentName, _host.Clock.UtcNow);
        // Only once the request is stored may the secret be forgotten, without which nobody could ask any more.
        return TryWrite(() => new ErasureFiles(folder).Add(request))
            && TryWrite(() => Installation.AskErasure(folder, request.AskedAt))
            && TryWrite(() => Installation.Forget(folder))
            ? Installation.UserIdOf(secret, _options.SentName)
            : null;
    }

    /// <summary>
    /// Deletes what the SDK remembers about deliveries: the ledger, and when the last one was, so that the next run is a first one again.
    /// </summary>
    private void ForgetDeliveries(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var (_, path) in StoredData.Folders(folder))
        {
            new SentLedger(path, _host.Clock).Delete();
            File.Delete(Path.Combine(path, "delivered"));
        }
    }

    /// <summary>Whether there is an id, and therefore perhaps data on a server.</summary>
    internal bool HasId =>
        ServicePaths.Root(_options, _host) is { } root
        && Installation.ReadSecret(ServicePaths.Service(root, _options.ServiceName)) is not null;

    /// <summary>
    /// Returns whether another process has stored a no since this one read the decision. Costs a look at the file's time, and ends the
    /// consent of this run.
    /// </summary>
    internal bool IsWithdrawn()
    {
        if (_switches.Debug)
            return false;
        var stamp = StampOf(_paths ??= Paths());
        if (stamp == _stamp)
            return false;
        foreach (var path in _paths)
        {
            if (ConsentRecord.TryRead(path) is not { Forbids: true } stored)
                continue;
            _reason = ReasonOf(stored);
            _state = ConsentState.Denied;
            return true;
        }

        _stamp = stamp;
        return false;
    }

    /// <summary>Shows the notice or asks, if necessary. Called by <see cref="TelemetryKitClient.Create(TelemetryOptions)"/>.</summary>
    internal ConsentState Begin()
    {
        // "mytool telemetry off" decides by itself, and "mytool telemetry show" must work before the decision.
        if (_state != ConsentState.Unknown || !CommandArguments.MayAsk(_host.CommandLine))
            return _state;
        if (_options.Consent == ConsentMode.OptIn && _options.AskForConsent)
        {
            Ask();
        }
        else if (_options.Consent == ConsentMode.OptOut && CanAsk())
        {
            ConsentPrompt.ShowNotice(_options, _host);
            // The run that shows the notice records nothing, even if it could not be stored.
            TryStore(ConsentRecord.Noticed);
        }

        return _state;
    }

    private ConsentState ReadState(out string reason)
    {
        reason = _switches.Reason;
        if (_switches.Enabled == false)
            return ConsentState.Denied;
        if (!_options.IsUsable)
        {
            reason = "configuration";
            return ConsentState.Denied;
        }

        // In debug mode nothing is sent or stored: the author wants to see what would be.
        if (_switches.Debug)
        {
            reason = "debug";
            return ConsentState.Granted;
        }

        var stored = Stored(out _);
        if (stored is { Forbids: true })
        {
            reason = ReasonOf(stored);
            return ConsentState.Denied;
        }

        if (_switches.Enabled == true)
            return ConsentState.Granted;
        return IsHostDecision ? ReadHostDecision(ref reason) : ReadUserDecision(stored, ref reason);
    }

    private ConsentState ReadHostDecision(ref string reason)
    {
        if (HostSwitch() is not { } allowed)
            return ConsentState.Unknown;
        reason = "host";
        return allowed ? ConsentState.Granted : ConsentState.Denied;
    }

    private ConsentState ReadUserDecision(ConsentRecord? stored, ref string reason)
    {
        var noticed = stored?.Decision == ConsentRecord.Noticed;
        // The user must agree again if more is collected. A notice is not consent, in case the tool has switched to asking.
        if (stored is null || !stored.Covers(Collected) || (noticed && _options.Consent != ConsentMode.OptOut))
            return ConsentState.Unknown;
        reason = noticed ? "notice" : "user";
        return ConsentState.Granted;
    }

    private bool IsHostDecision => _options.Consent == ConsentMode.HostDecides;

    private static string ReasonOf(ConsentRecord no) => no.Decision == ConsentRecord.Denied ? "user" : no.Decision;

    /// <summary>Reads the decision. A no counts also if a variable names another folder since it was stored.</summary>
    private ConsentRecord? Stored(out string? path)
    {
        var paths = Paths();
        // The stamp before the decision, so that a change meanwhile is noticed.
        _stamp = StampOf(paths);
        path = paths.Length == 0 ? null : paths[0];
        var stored = path is null ? null : ConsentRecord.TryRead(path);
        if (stored is { Forbids: true })
            return stored;
        for (var i = 1; i < paths.Length; i++)
        {
            if (ConsentRecord.TryRead(paths[i]) is not { Forbids: true } no)
                continue;
            path = paths[i];
            return no;
        }

        return stored;
    }

    /// <summary>
    /// Returns the files of decisions that count: that of this run, then those that runs without its variables may have stored.
    /// </summary>
    private string[] Paths()
    {
        if (FilePath is not { } path)
            return [];
        var others = ServicePaths.Others(_options, _host);
        var paths = new string[1 + others.Length];
        paths[0] = path;
        for (var i = 0; i < others.Length; i++)
            paths[1 + i] = ServicePaths.Consent(others[i], _options.ServiceName);
        return paths;
    }

    private static long StampOf(string[] paths)
    {
        var stamp = 0L;
        foreach (var path in paths)
            stamp = unchecked((stamp * 31) + SmallFile.Stamp(path));
        return stamp;
    }

    private bool? HostSwitch() =>
        AppContext.TryGetSwitch("TelemetryKit.Enabled." + _options.ServiceName, out var forThis) ? forThis
        : AppContext.TryGetSwitch("TelemetryKit.Enabled", out var forAll) ? forAll
        : null;

    private bool CanAsk() =>
        KnownActors.BuildService(_host) is null && KnownActors.Agent(_host) is null && _host.IsInteractive && CanStore();

    /// <summary>Returns whether a decision can be stored. Otherwise the user would be asked at each run.</summary>
    private bool CanStore() => ServicePaths.Root(_options, _host) is { } root && TryWrite(() =>
    {
        PrivateFiles.CreateDirectory(root);
        var probe = Path.Combine(root, Guid.NewGuid().ToString("N"));
        PrivateFiles.Create(probe, []);
        File.Delete(probe);
    });

    private bool Decide(string decision, ConsentState state)
    {
        // A host decides again at each start; only a user's decision is stored.
        var stored = IsHostDecision || TryStore(decision);
        _state = state;
        if (_switches.Enabled != false)
            _reason = IsHostDecision ? "host" : "user";
        Changed?.Invoke(state);
        return stored;
    }

    private bool TryStore(string decision)
    {
        var paths = Paths();
        if (paths.Length == 0)
            return false;
        var record = new ConsentRecord(decision, Collected);
        var stored = TryStore(record, paths[0]);
        // Decisions in other folders must not contradict the user's. None is created there.
        for (var i = 1; i < paths.Length; i++)
        {
            if (ConsentRecord.TryRead(paths[i]) is { } existing && existing.Forbids != record.Forbids)
                stored &= TryStore(record, paths[i]);
        }

        return stored;
    }

    private bool TryStore(ConsentRecord record, string path) =>
        TryWrite(() => record.Write(path, _options.ServiceName, _host.Clock.UtcNow))
        || (record.Forbids && TryWrite(() => record.Overwrite(path, _options.ServiceName, _host.Clock.UtcNow)));

    private static bool TryWrite(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
