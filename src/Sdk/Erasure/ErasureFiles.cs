using System.Globalization;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Erasure;

/// <summary>
/// The erasures of a tool that wait to be sent, and the receipts of those that were: a JSON object per line. Only the
/// user's own command and the run that sends them write the files.
/// </summary>
internal sealed class ErasureFiles(string folder)
{
    /// <summary>The number of receipts that are kept, the newest ones.</summary>
    private const int MaxReceipts = 50;

    private readonly string _pending = Path.Combine(folder, "erase-pending");
    private readonly string _receipts = Path.Combine(folder, "erase-receipts");

    public bool AnyPending => File.Exists(_pending) && Pending().Count > 0;

    /// <summary>Adds an erasure.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Add(ErasureRequest request) => WritePending([.. Pending(), request]);

    public List<ErasureRequest> Pending()
    {
        var requests = new List<ErasureRequest>();
        foreach (var members in Lines(_pending))
        {
            if (members.TryGetValue("secret", out var secret) && members.TryGetValue("service_name", out var name)
                && members.TryGetValue("asked_at", out var asked) && secret is string s && name is string n && asked is long at)
                requests.Add(new(s, n, DateTimeOffset.FromUnixTimeSeconds(at)));
        }

        return requests;
    }

    /// <summary>Removes an erasure that a server has accepted, and keeps the receipt.</summary>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the files.</exception>
    public void Accepted(ErasureRequest request, ErasureReceipt receipt)
    {
        Keep(receipt);
        Remove(request);
    }

    /// <summary>Removes an erasure that waits.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Remove(ErasureRequest request) => WritePending(Pending().FindAll(other => other.Secret != request.Secret));

    /// <summary>Stores a receipt in place of an earlier one with the same id.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Keep(ErasureReceipt receipt)
    {
        var kept = Receipts().FindAll(other => other.Id != receipt.Id);
        kept.RemoveRange(0, Math.Max(0, kept.Count + 1 - MaxReceipts));
        kept.Add(receipt);
        PrivateFiles.WriteAllText(_receipts, string.Concat(kept.ConvertAll(Line)));
    }

    public List<ErasureReceipt> Receipts()
    {
        var receipts = new List<ErasureReceipt>();
        SmallFile.TryRead(_receipts, out var text);
        foreach (var line in text.Split('\n'))
        {
            if (ErasureReceipt.TryRead(line) is { } receipt)
                receipts.Add(receipt);
        }

        return receipts;
    }

    // Line feeds inside of strings are escaped in JSON, so all others are blanks.
    private static string Line(ErasureReceipt receipt) => receipt.Json.Replace("\r", "").Replace('\n', ' ') + "\n";

    private void WritePending(List<ErasureRequest> requests)
    {
        if (requests.Count == 0)
        {
            File.Delete(_pending);
            return;
        }

        var json = new Utf8Buffer();
        foreach (var request in requests)
        {
            json.Ascii("{\"secret\":");
            json.String(request.Secret);
            json.Ascii(",\"service_name\":");
            json.String(request.ServiceName);
            json.Ascii(",\"asked_at\":" + request.AskedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) + "}\n");
        }

        PrivateFiles.CreateDirectory(folder);
        PrivateFiles.WriteAllText(_pending, json.ToString());
    }

    private static IEnumerable<Dictionary<string, object?>> Lines(string path)
    {
        SmallFile.TryRead(path, out var text);
        foreach (var line in text.Split('\n'))
        {
            if (JsonReader.TryReadObject(line) is { } members)
                yield return members;
        }
    }
}
