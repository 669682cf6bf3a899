using TelemetryKit.Context;
using TelemetryKit.Erasure;
using TelemetryKit.Options;
using TelemetryKit.Queue;

namespace TelemetryKit.Pipeline;

/// <summary>Creates what a run needs to store and send events: directories, ids, head and lanes. Runs on the background thread.</summary>
internal sealed class LaneBuilder(
    OptionValues options, Host host, Switches switches, VerboseLog log, DropCounters dropped, Action wake, Func<bool> isWithdrawn,
    Action withdraw)
{
    public Lane[] Lanes = [];
    public CurrentUser? User;
    public byte[] Head = [];

    /// <summary>The folder of the tool's installation; null if nothing can be stored.</summary>
    public string? ServiceFolder;

    /// <param name="createId">Whether to create an id if there is none. Deleting events needs none.</param>
    public void Build(bool createId = true)
    {
        var folder = ServicePaths.Root(options, host);
        // In debug mode events are only printed.
        var canStore = !switches.Debug && folder is not null && (!createId || TryLoadInstallation(folder));
        User ??= CurrentUser.Transient(isWithdrawn);
        ServiceFolder = canStore ? ServicePaths.Service(folder!, options.ServiceName) : null;
        var ephemeral = (!canStore && !switches.Debug)
            || KnownActors.BuildService(host) is not null
            || (User.Installation.IsNew && host.IsContainer);
        Head = ContextDetector.Head(options, host, ephemeral, canStore ? ServicePaths.Service(folder!, options.ServiceName) : null);
        var backends = BackendSelection.Select(options, host, switches, log);
        Lanes = new Lane[backends.Length];
        for (var i = 0; i < backends.Length; i++)
            Lanes[i] = Build(backends[i], canStore ? folder : null, ephemeral);
    }

    /// <summary>Deletes pending events for a client that does not record and therefore has no lanes.</summary>
    public static void ClearFiles(OptionValues options, Host host)
    {
        if (ServicePaths.Root(options, host) is not { } root)
            return;
        var folder = ServicePaths.Service(root, options.ServiceName);
        if (!Directory.Exists(folder))
            return;
        // This includes keys and backends that the tool used earlier.
        FileQueue.Clear(folder);
        foreach (var lane in Directory.GetDirectories(folder))
            FileQueue.Clear(lane);
        foreach (var lane in WithoutSending(options, host))
            lane.Clear();
    }

    /// <summary>Returns the lanes of a tool to look at what they have stored, or to delete it.</summary>
    public static Lane[] WithoutSending(OptionValues options, Host host)
    {
        var builder = new LaneBuilder(
            options, host, Switches.Read(host, options.ServiceName), new(host, false), new(), () => { }, () => false, () => { });
        builder.Build(createId: false);
        return builder.Lanes;
    }

    private Lane Build(ITelemetryBackend backend, string? root, bool ephemeral)
    {
        var name = LaneName(backend);
        var settings = new QueueSettings(
            ServicePaths.FileName(options.ServiceName), root, name, options.BatchEvents, options.BatchBytes,
            // Events of a machine that may be gone soon are sent at the first opportunity.
            ephemeral ? TimeSpan.Zero : options.Interval, options.QueueEvents, options.QueueBytes, dropped.Add);
        var folder = root is null ? null : Path.Combine(ServicePaths.Service(root, options.ServiceName), name);
        var durable = folder is null || backend is ConsoleBackend ? null : Queue(settings, folder);
        // Files can be written also if a database is locked for too long.
        var spare = durable is null or FileQueue ? null : new FileQueue(folder!, settings, host.Clock);
        var longest = options.RetryMaxDelay > Backoff.LongestRequested ? options.RetryMaxDelay : Backoff.LongestRequested;
        var retry = new RetryState(durable is null ? null : Path.Combine(folder!, "retry"), host.Clock, longest);
        var delivered = new DailyMark(durable is null ? null : Path.Combine(folder!, "delivered"), host.Clock);
        var erasures = durable is not null && backend is IErasureSender ? ErasureQueue.Create(options, host, log) : null;
        var ledger = durable is not null && backend is not ConsoleBackend ? new SentLedger(folder!, host.Clock) : null;
        return new(
            backend, durable, spare, settings, retry, delivered, options, host.Clock, log, wake, User!, withdraw, erasures, ledger);
    }

    private ITelemetryQueue? Queue(QueueSettings settings, string folder)
    {
        try
        {
            return options.Queue is null ? new FileQueue(folder, settings, host.Clock) : options.Queue(settings);
        }
#pragma warning disable CA1031 // The queue may be custom code. Without it, events are kept in memory.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.Write("the queue cannot be created: " + e.GetType().Name);
            return null;
        }
    }

    private bool TryLoadInstallation(string root)
    {
        try
        {
            User = CurrentUser.Load(root, ServicePaths.Service(root, options.ServiceName), options.SentName, isWithdrawn);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            log.Write("nothing can be stored in the home directory: " + e.GetType().Name);
            return false;
        }
    }

    /// <summary>
    /// Returns the directory of a backend. Test data has a separate one, because it must never be sent with the live key.
    /// </summary>
    private static string LaneName(ITelemetryBackend backend) =>
        backend is not TelemetryKitBackend own ? ServicePaths.FileName(backend.Name)
        : own.IsTest ? "test"
        : "";
}
