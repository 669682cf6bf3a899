using System.Globalization;
using TelemetryKit.Platform;

namespace TelemetryKit.Queue;

/// <summary>
/// The names of batch files. <c>SLOT.open</c> is being filled, and its first line contains the id. <c>ID-COUNT.ready</c> is waiting to be
/// sent, and <c>ID-COUNT.sending</c> is being sent. Ids begin with their time, so sealed batches sort by age.
/// </summary>
internal readonly struct BatchName
{
    public const string Open = ".open";
    public const string Ready = ".ready";
    public const string Sending = ".sending";

    private const int IdLength = 32;

    public readonly string Id;
    public readonly int Count;
    public readonly DateTimeOffset Created;

    private BatchName(string id, int count, DateTimeOffset created)
    {
        Id = id;
        Count = count;
        Created = created;
    }

    public static string Of(string id, int count, string state) =>
        id + "-" + count.ToString(CultureInfo.InvariantCulture) + state;

    public static bool IsOpen(string path) => path.EndsWith(Open, StringComparison.Ordinal);

    /// <summary>Parses the name of a sealed batch. Returns false for any other file.</summary>
    public static bool TryParseSealed(string path, out BatchName name)
    {
        name = default;
        if (!path.EndsWith(Ready, StringComparison.Ordinal) && !path.EndsWith(Sending, StringComparison.Ordinal))
            return false;
        var file = Path.GetFileNameWithoutExtension(path);
        if (file.Length <= IdLength + 1 || file[IdLength] != '-')
            return false;
        var id = file.Substring(0, IdLength);
        if (Uuid7.TimeOf(id) is not { } created || !Guid.TryParseExact(id, "N", out _))
            return false;
        if (!int.TryParse(file.Substring(IdLength + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        name = new(id, count, created);
        return true;
    }
}
