using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Platform;
using TelemetryKit.Queue;

namespace TelemetryKit.Context;

/// <summary>
/// The anonymous id of a tool's installation, which is derived from a random secret of its own. Who has the secret can prove that the id is
/// theirs, and have its data erased. Neither contains anything about the machine, the user or the network, and the ids of two tools cannot
/// be correlated.
/// </summary>
internal sealed class Installation
{
    public const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const int LockAttempts = 500;
    private const int LockDelayMs = 10;
    private const int IdLength = 64;

    private Installation(string userId, bool isNew)
    {
        UserId = userId;
        IsNew = isNew;
    }

    public readonly string UserId;

    /// <summary>Whether this run created the id.</summary>
    public readonly bool IsNew;

    /// <summary>Creates an id that is not stored, for runs without a home directory.</summary>
    public static Installation Transient() => new(Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"), true);

    /// <summary>Reads the id, or creates one.</summary>
    /// <exception cref="IOException">The files cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write the files.</exception>
    /// <exception cref="FormatException">Another process has just written an invalid file.</exception>
    public static Installation Load(string root, string serviceFolder, string serviceName)
    {
        // The id is stored, because loading the system's cryptography would cost a short-lived tool milliseconds on each run. Its line
        // ends with a checksum of the secret that it was derived from, because the secret may have been replaced.
        var path = IdPath(serviceFolder);
        var secret = ReadSecret(serviceFolder);
        SmallFile.TryRead(path, out var stored);
        if (secret is not null && stored.Length > IdLength && stored.Substring(IdLength) == IdEnd(secret)
            && stored.Substring(0, IdLength) is var id && IsId(id))
            return new(id, false);

        PrivateFiles.CreateDirectory(root);
        PrivateFiles.CreateDirectory(serviceFolder);
        var isNew = secret is null;
        secret ??= CreateSecret(serviceFolder, ref isNew);
        var userId = UserIdOf(secret, serviceName);
        PrivateFiles.WriteAllText(path, userId + IdEnd(secret));
        return new(userId, isNew);
    }

    /// <summary>Reads the secret, in base64url. Returns null if there is none that is valid.</summary>
    public static string? ReadSecret(string serviceFolder)
    {
        SmallFile.TryRead(SecretPath(serviceFolder), out var text);
        return IsSecret(text) ? text.Trim() : null;
    }

    /// <summary>Deletes the secret and the id. The next run creates others.</summary>
    /// <exception cref="IOException">The files cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not delete the files.</exception>
    public static void Forget(string serviceFolder)
    {
        if (!Directory.Exists(serviceFolder))
            return;
        // The id first: without it, an interrupted call leaves a secret from which it is derived again.
        File.Delete(IdPath(serviceFolder));
        File.Delete(SecretPath(serviceFolder));
    }

    /// <summary>Returns the id that belongs to a secret. See <c>spec/vectors/erasure.json</c>.</summary>
    /// <exception cref="FormatException">The secret is not the base64url of 32 bytes.</exception>
    public static string UserIdOf(string secret, string serviceName)
    {
        if (!Base64Url.TryDecode(secret, SecretBytes, out var bytes))
            throw new FormatException("The secret is not the base64url of 32 bytes.");
        var prefix = Encoding.UTF8.GetBytes("telemetrykit:user:" + serviceName + ":");
        var text = new byte[prefix.Length + bytes.Length];
        prefix.CopyTo(text, 0);
        bytes.CopyTo(text, prefix.Length);
#if NET
        var hash = SHA256.HashData(text);
#else
        using var sha = SHA256.Create();
        var hash = sha.ComputeHash(text);
#endif
        var id = new StringBuilder(IdLength);
        foreach (var part in hash)
            id.Append(part.ToString("x2", CultureInfo.InvariantCulture));
        return id.ToString();
    }

    private static string IdEnd(string secret)
    {
        var bytes = Encoding.ASCII.GetBytes(secret);
        return " " + Checksum.Of(bytes, 0, bytes.Length).ToString("x16", CultureInfo.InvariantCulture);
    }

    private static string IdPath(string serviceFolder) => Path.Combine(serviceFolder, "user-id");

    private static string SecretPath(string serviceFolder) => Path.Combine(serviceFolder, "erasure-secret");

    private static string CreateSecret(string serviceFolder, ref bool isNew)
    {
        var bytes = new byte[SecretBytes];
        using (var random = RandomNumberGenerator.Create())
            random.GetBytes(bytes);
        var created = Base64Url.Encode(bytes);
        if (TryLock(SecretPath(serviceFolder)) is { } file)
        {
            using (file)
            {
                // Another process may have created it since. Of several that start together the first one wins.
                if (file.Length == SecretLength && Read(file) is var first && IsSecret(first))
                {
                    isNew = false;
                    return first;
                }

                Write(file, SecretPath(serviceFolder), created);
                return created;
            }
        }

        // It is a pipe, or belongs to another user.
        PrivateFiles.WriteAllText(SecretPath(serviceFolder), created);
        return created;
    }

    /// <summary>Opens a file that only one process can open at a time. Returns null if it is no file that the user may write.</summary>
    private static FileStream? TryLock(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var file = PrivateFiles.OpenExclusive(path, FileMode.OpenOrCreate);
                if (file.CanSeek)
                    return file;
                file.Dispose();
                return null;
            }
            catch (IOException) when (attempt < LockAttempts && File.Exists(path))
            {
                // Another process is writing it. The lock ends with that process.
                Thread.Sleep(LockDelayMs);
            }
            catch (UnauthorizedAccessException) when (File.Exists(path))
            {
                return null;
            }
        }
    }

    private static string Read(FileStream file)
    {
        var bytes = new byte[SecretLength];
        var read = 0;
        while (read < bytes.Length && file.Read(bytes, read, bytes.Length - read) is > 0 and var more)
            read += more;
        return Encoding.ASCII.GetString(bytes, 0, read);
    }

    /// <summary>Replaces the content. If it cannot be written, no file is left behind.</summary>
    private static void Write(FileStream file, string path, string secret)
    {
        try
        {
            file.SetLength(0);
            file.Seek(0, SeekOrigin.Begin);
            file.Write(Encoding.ASCII.GetBytes(secret), 0, secret.Length);
            file.Flush();
        }
        catch
        {
            // Also a limit of the file's size, for which .NET throws an ArgumentOutOfRangeException.
            File.Delete(path);
            throw;
        }
    }

    private static bool IsSecret(string text) => Base64Url.TryDecode(text.Trim(), SecretBytes, out _);

    private static bool IsId(string text)
    {
        foreach (var c in text)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))
                return false;
        }

        return text.Length == IdLength;
    }
}
