using System.Globalization;
using MimeKit;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Writes letters as <c>.eml</c> files, for a server without a mail server: its operator opens them, or passes them on. Links in them
/// are secrets, so only the server's own user can read them.
/// </summary>
internal sealed class FileMailer(string folder, MailboxAddress from, TimeProvider time) : IMailer
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int LongestLine = 998; // RFC 5322.

    private static readonly FormatOptions Format = MakeFormat();

    public async Task<MailAttempt> SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        using var message = letter.TryToMessage(from, time.GetUtcNow());
        if (message is null)
            return new(MailFailure.InvalidAddress, "address");
        message.Prepare(EncodingConstraint.EightBit, LongestLine);
        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var (unfinished, name) = (Path.Combine(folder, $".{id}"), Path.Combine(folder, $"{stamp}-{letter.Kind}-{id[..8]}.eml"));
        try
        {
            MakeFolder();
            try
            {
                await WriteAsync(message, unfinished, cancellationToken);
                File.Move(unfinished, name);
            }
            finally
            {
                File.Delete(unfinished);
            }

            return new(null, name);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(MailFailure.Unreachable, fault.GetType().Name);
        }
        catch (OperationCanceledException)
        {
            return new(MailFailure.Interrupted, nameof(OperationCanceledException));
        }
    }

    private void MakeFolder()
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static async Task WriteAsync(MimeMessage message, string path, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        await using var file = new FileStream(path, options);
        await message.WriteToAsync(Format, file, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    private static FormatOptions MakeFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
