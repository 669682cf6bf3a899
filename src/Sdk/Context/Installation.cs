using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Context;

/// <summary>
/// Who is counted: a random number of this machine's user, hashed with the tool's name. Nothing of the machine, the user or the
/// network goes into it, and two tools get two ids that nobody can join.
/// </summary>
internal sealed class Installation
{
    private const string Prefix = "anon_";
    private const int HashDigits = 32;

    private Installation(string userId, bool isNew)
    {
        UserId = userId;
        IsNew = isNew;
    }

    public readonly string UserId;

    /// <summary>The id was made by this run.</summary>
    public readonly bool IsNew;

    /// <summary>The id of a run that has no home to keep one in.</summary>
    public static Installation Unkept() => new(Prefix + Guid.NewGuid().ToString("N"), true);

    /// <summary>Reads the id, or makes one. Throws what the file system throws.</summary>
    public static Installation Load(string root, string serviceFolder, string serviceName)
    {
        // The hash is kept beside the queue: loading the system's cryptography costs a short-lived tool milliseconds on each run.
        var path = Path.Combine(serviceFolder, "user-id");
        var kept = PrivateFiles.TryReadAllBytes(path);
        if (kept is not null && kept.Length == Prefix.Length + HashDigits && kept[Prefix.Length - 1] == '_')
            return new(Utf8Buffer.AsciiText(kept, 0, kept.Length), false);

        PrivateFiles.CreateDirectory(root);
        PrivateFiles.CreateDirectory(serviceFolder);
        var userId = Hash(InstallId(Path.Combine(root, "install-id"), out var isNew), serviceName);
        PrivateFiles.WriteAllText(path, userId);
        return new(userId, isNew);
    }

    /// <summary>Replaces the kept id by a random one that belongs to no other; returns the old one, null when there was none.</summary>
    public static string? Renew(string serviceFolder)
    {
        var path = Path.Combine(serviceFolder, "user-id");
        if (PrivateFiles.TryReadAllText(path) is not { } old)
            return null;
        try
        {
            PrivateFiles.WriteAllText(path, Unkept().UserId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the old id stays; what was waiting is gone all the same.
        }

        return old;
    }

    private static string InstallId(string path, out bool isNew)
    {
        isNew = false;
        var kept = PrivateFiles.TryReadAllText(path);
        if (kept is not null && Guid.TryParse(kept.Trim(), out var id))
            return id.ToString("N");
        if (kept is not null)
            File.Delete(path);

        // The first of several processes to get here decides: moving without overwriting is atomic, and the content is complete.
        var made = Guid.NewGuid().ToString("N");
        var temporary = path + "." + made;
        PrivateFiles.Create(temporary, Encoding.ASCII.GetBytes(made));
        try
        {
            File.Move(temporary, path);
            isNew = true;
            return made;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            return Guid.Parse(File.ReadAllText(path)).ToString("N");
        }
    }

    private static string Hash(string installId, string serviceName)
    {
        using var sha = SHA256.Create();
        var hash = sha.ComputeHash(Encoding.UTF8.GetBytes(installId + "\n" + serviceName));
        var text = new StringBuilder(Prefix, Prefix.Length + HashDigits);
        for (var i = 0; i < HashDigits / 2; i++)
            text.Append(hash[i].ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        return text.ToString();
    }
}
