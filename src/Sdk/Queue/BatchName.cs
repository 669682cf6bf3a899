using System.Globalization;
using TelemetryKit.Context;

namespace TelemetryKit.Queue;

/// <summary>
/// What a batch file's name says: <c>ID-HEAD.open</c> while events are added, <c>ID-HEAD-COUNT.ready</c> when no more may be, and
/// <c>ID-HEAD-COUNT.sending</c> while a process sends it. Ids begin with their time, so names sort by age.
/// </summary>
internal readonly struct BatchName
{
    public const string Open = ".open";
    public const string Ready = ".ready";
    public const string Sending = ".sending";

    private BatchName(string stem, string state, DateTimeOffset created)
    {
        _stem = stem;
        State = state;
        Created = created;
    }

    public readonly string State;
    public readonly DateTimeOffset Created;
    private readonly string _stem;

    public Guid Id => Guid.ParseExact(_stem.Substring(0, 32), "N");

    public string Head => _stem.Substring(33, 16);

    /// <summary>How many events; known for sealed batches only.</summary>
    public int? Count =>
        _stem.Length > 50 && int.TryParse(_stem.Substring(50), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : null;

    public static BatchName New(string id, string head, DateTimeOffset created) => new(id + "-" + head, Open, created);

    public BatchName Sealed(int count) => new(_stem + "-" + count.ToString(CultureInfo.InvariantCulture), Ready, Created);

    public BatchName In(string state) => new(_stem, state, Created);

    public override string ToString() => _stem + State;

    public static bool TryParse(string path, out BatchName name)
    {
        name = default;
        var file = Path.GetFileName(path);
        var dot = file.LastIndexOf('.');
        if (dot < 49 || file[32] != '-') return false;
        var state = file.Substring(dot);
        if (state is not (Open or Ready or Sending)) return false;
        if (Uuid7.TimeOf(file.Substring(0, 32)) is not { } created) return false;
        if (!Guid.TryParseExact(file.Substring(0, 32), "N", out _)) return false;
        name = new(file.Substring(0, dot), state, created);
        return true;
    }
}
