using System.Globalization;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Erasure;

/// <summary>
/// The erasures of a tool that wait to be sent, those that a server refused, and the receipts of those that it accepted: a JSON object per
/// line. Several processes may write the files at the same time, so each change has a lock.
/// </summary>
internal sealed class ErasureFiles(string folder)
{
    /// <summary>The number of receipts that are kept, the newest ones.</summary>
    private const int MaxReceipts = 50;

    private readonly string _pending = Path.Combine(folder, "erase-pending");
    private readonly string _refused = Path.Combine(folder, "erase-refused");
    private readonly string _receipts = Path.Combine(folder, "erase-receipts");

    /// <summary>The file with the receipts.</summary>
    public string ReceiptsPath => _receipts;

    /// <summary>The file with the requests that a server refused.</summary>
    public string RefusedPath => _refused;

    public bool AnyPending => File.Exists(_pending) && Pending().Count > 0;

    /// <summary>Adds an erasure.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Add(ErasureRequest request)
    {
        PrivateFiles.CreateDirectory(folder);
        using var alone = FileLock.Wait(_pending);
        Write(_pending, [.. Pending(), request]);
    }

    /// <summary>Lets the requests that a server refused wait again.</summary>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the files.</exception>
    public void AskAgain()
    {
        if (!File.Exists(_refused))
            return;
        using var alone = FileLock.Wait(_pending);
        Write(_pending, [.. Pending(), .. Read(_refused)]);
        File.Delete(_refused);
    }

    public List<ErasureRequest> Pending() => Read(_pending);

    private static List<ErasureRequest> Read(string path)
    {
        var requests = new List<ErasureRequest>();
        foreach (var members in Lines(path))
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
        using var alone = FileLock.Wait(_pending);
        Add(receipt);
        Remove(request);
    }

    /// <summary>
    /// Removes an erasure that a server has refused. The secret is kept, because without it nobody could erase what was sent.
    /// </summary>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the files.</exception>
    public void Refused(ErasureRequest request)
    {
        using var alone = FileLock.Wait(_pending);
        Write(_refused, [.. Read(_refused).FindAll(other => other.Secret != request.Secret), request]);
        Remove(request);
    }

    /// <summary>Stores a receipt in place of an earlier one with the same id.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the file.</exception>
    public void Keep(ErasureReceipt receipt)
    {
        PrivateFiles.CreateDirectory(folder);
        using var alone = FileLock.Wait(_pending);
        Add(receipt);
    }

    private void Remove(ErasureRequest request) => Write(_pending, Pending().FindAll(other => other.Secret != request.Secret));

    private void Add(ErasureReceipt receipt)
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

    private static void Write(string path, List<ErasureRequest> requests)
    {
        if (requests.Count == 0)
        {
            File.Delete(path);
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

        PrivateFiles.WriteAllText(path, json.ToString());
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
