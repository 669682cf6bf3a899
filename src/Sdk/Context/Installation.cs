using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Context;

/// <summary>
/// The anonymous id of an installation: a random number that is stored for the user, hashed with the tool's name. It contains nothing about
/// the machine, the user or the network, and the ids of two tools cannot be correlated.
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

    /// <summary>Whether this run created the id.</summary>
    public readonly bool IsNew;

    /// <summary>Creates an id that is not stored, for runs without a home directory.</summary>
    public static Installation Transient() => new(Prefix + Guid.NewGuid().ToString("N"), true);

    /// <summary>Reads the id, or creates one.</summary>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the files.</exception>
    /// <exception cref="FormatException">Another process has just written an invalid file.</exception>
    public static Installation Load(string root, string serviceFolder, string serviceName)
    {
        // The hash is stored, because loading the system's cryptography would cost a short-lived tool milliseconds on each run.
        var path = Path.Combine(serviceFolder, "user-id");
        var stored = PrivateFiles.TryReadAllBytes(path);
        if (stored is not null && stored.Length == Prefix.Length + HashDigits && stored[Prefix.Length - 1] == '_')
            return new(Utf8Buffer.AsciiText(stored, 0, stored.Length), false);

        PrivateFiles.CreateDirectory(root);
        PrivateFiles.CreateDirectory(serviceFolder);
        var userId = Hash(InstallId(Path.Combine(root, "install-id"), out var isNew), serviceName);
        PrivateFiles.WriteAllText(path, userId);
        return new(userId, isNew);
    }

    /// <summary>Replaces the stored id by a random one. Returns the old id, or null if there was none.</summary>
    public static string? Renew(string serviceFolder)
    {
        var path = Path.Combine(serviceFolder, "user-id");
        if (PrivateFiles.TryReadAllText(path) is not { } old)
            return null;
        try
        {
            PrivateFiles.WriteAllText(path, Transient().UserId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The old id remains in use. Pending events were deleted nevertheless.
        }

        return old;
    }

    private static string InstallId(string path, out bool isNew)
    {
        isNew = false;
        var stored = PrivateFiles.TryReadAllText(path);
        if (stored is not null && Guid.TryParse(stored.Trim(), out var id))
            return id.ToString("N");
        if (stored is not null)
            File.Delete(path);

        // Of several processes the first one wins: moving without overwriting is atomic, and the file is complete.
        var created = Guid.NewGuid().ToString("N");
        var temporary = path + "." + created;
        PrivateFiles.Create(temporary, Encoding.ASCII.GetBytes(created));
        try
        {
            File.Move(temporary, path);
            isNew = true;
            return created;
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
