using System.Globalization;
using MimeKit;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Writes mails as <c>.eml</c> files if no mail server is configured, for the operator to open or forward. Their links are secrets, so only
/// the server's user can read the files.
/// </summary>
internal sealed class FileMailer(string folder, MailboxAddress from, TimeProvider time) : IMailer
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxLineLength = 998; // RFC 5322.

    private static readonly FormatOptions Format = CreateFormat();

    public async Task<MailAttempt> SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        using var message = letter.TryToMessage(from, time.GetUtcNow());
        if (message is null)
            return new(MailFailure.InvalidAddress, "address");
        message.Prepare(EncodingConstraint.EightBit, MaxLineLength);
        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var (temporary, name) = (Path.Combine(folder, $".{id}"), Path.Combine(folder, $"{stamp}-{letter.Kind}-{id[..8]}.eml"));
        try
        {
            CreateFolder();
            try
            {
                await WriteAsync(message, temporary, cancellationToken);
                File.Move(temporary, name);
            }
            finally
            {
                File.Delete(temporary);
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

    private void CreateFolder()
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

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
