using TelemetryKit.Context;
using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// The user's id and decision as they are now: since this process started, another one of the tool may have replaced the id, with
/// <c>telemetry delete</c>, or stored a no.
/// </summary>
internal sealed class CurrentUser
{
    private readonly string? _root;
    private readonly string _serviceFolder;
    private readonly string _serviceName;
    private readonly Func<bool> _isWithdrawn;
    private volatile Installation _installation;
    private long _stamp;

    private CurrentUser(
        string? root, string serviceFolder, string serviceName, Installation installation, long stamp, Func<bool> isWithdrawn)
    {
        _root = root;
        _serviceFolder = serviceFolder;
        _serviceName = serviceName;
        _installation = installation;
        _stamp = stamp;
        _isWithdrawn = isWithdrawn;
    }

    public Installation Installation => _installation;

    /// <summary>Whether another process has stored a no. Costs a look at a file's time.</summary>
    public bool IsWithdrawn => _isWithdrawn();

    /// <summary>A user whose id is not stored, so that no other process can change it.</summary>
    public static CurrentUser Transient(Func<bool> isWithdrawn) => new(null, "", "", Installation.Transient(), 0, isWithdrawn);

    /// <summary>Reads the id, or creates one.</summary>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the files.</exception>
    /// <exception cref="FormatException">Another process has just written an invalid file.</exception>
    public static CurrentUser Load(string root, string serviceFolder, string serviceName, Func<bool> isWithdrawn)
    {
        var installation = Load(root, serviceFolder, serviceName, out var stamp);
        return new(root, serviceFolder, serviceName, installation, stamp, isWithdrawn);
    }

    /// <summary>
    /// Reads the id again if its file has changed, or creates one if the user has had it forgotten. Not thread-safe. Returns when the user
    /// last asked for an erasure, if the id has changed.
    /// </summary>
    public DateTime? Refresh()
    {
        // After a no, no id is created.
        if (_root is null || SmallFile.Stamp(Installation.SecretPath(_serviceFolder)) == _stamp || _isWithdrawn())
            return null;
        try
        {
            var before = _installation.UserId;
            _installation = Load(_root, _serviceFolder, _serviceName, out _stamp);
            return _installation.UserId == before ? null : Installation.ErasureAskedAt(_serviceFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // Events with the former id are not sent, because it is not the current one.
            return null;
        }
    }

    /// <summary>
    /// Returns the permission to send a batch. While it is held, an erasure of this id waits, so that the events are on the server before
    /// the request to erase them.
    /// </summary>
    public SendingPermit Enter()
    {
        if (_isWithdrawn())
            return SendingPermit.Withdrawn;
        if (_root is null)
            return new(_installation.UserId, null);
        var isHeld = Installation.TryHold(_serviceFolder, out var secret, out var held);
        // Starved processes that began together may have events under an id that was never stored. They are not of somebody who left.
        if (!Installation.WasErasureAsked(_serviceFolder))
            return new(null, held, isAnyId: true);
        if (!isHeld)
            return SendingPermit.NotNow;
        if (secret is null)
            return new(null, null);
        // Another process has created this secret after the user had the former one forgotten.
        if (secret != _installation.Secret)
            _installation = Installation.Of(secret, _serviceName);
        return new(_installation.UserId, held);
    }

    private static Installation Load(string root, string serviceFolder, string serviceName, out long stamp)
    {
        // Before it is read, so that a change meanwhile is noticed.
        stamp = SmallFile.Stamp(Installation.SecretPath(serviceFolder));
        var loaded = Installation.Load(root, serviceFolder, serviceName);
        if (loaded.IsNew)
            stamp = SmallFile.Stamp(Installation.SecretPath(serviceFolder));
        return loaded;
    }
}

/// <summary>The permission to send a batch now, and under which id.</summary>
/// <param name="userId">The id whose events may be sent; null if there is none.</param>
/// <param name="held">What the permission holds; null if nothing.</param>
/// <param name="isAnyId">Whether events of all ids may be sent, because the user has never had one forgotten.</param>
internal sealed class SendingPermit(string? userId, IDisposable? held, bool isAnyId = false) : IDisposable
{
    /// <summary>The user has said no: nothing may be sent, and what waits is to be deleted.</summary>
    public static readonly SendingPermit Withdrawn = new(null, null);

    /// <summary>The id cannot be read now, so it is not known whether events may be sent.</summary>
    public static readonly SendingPermit NotNow = new(null, null);

    public string? UserId => userId;

    public bool IsAnyId => isAnyId;

    public void Dispose() => held?.Dispose();
}
