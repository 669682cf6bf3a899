using System.Globalization;
using System.Net.Mail;

namespace TelemetryKit.Api.Mail;

/// <summary>
/// Writes letters as <c>.eml</c> files, for a server without a mail server: its operator opens them, or passes them on. Links in them
/// are secrets, so only the server's own user can read them.
/// </summary>
internal sealed class FileMailer(string folder, string from, TimeProvider time) : IMailer
{
    private readonly MailAddress _from = new(from);

    public Task<string> SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // The framework writes mails well, but under names of its own: it gets a folder for each.
        var pickup = Directory.CreateDirectory(Path.Combine(folder, $".{Guid.NewGuid():N}"));
        try
        {
            using (var message = letter.ToMessage(_from))
            using (var client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = pickup.FullName })
                client.Send(message);
            var written = pickup.GetFiles().Single();
            if (!OperatingSystem.IsWindows())
                written.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
            var name = Path.Combine(folder, $"{stamp}-{letter.Kind}-{pickup.Name[1..9]}.eml");
            written.MoveTo(name);
            return Task.FromResult(name);
        }
        finally
        {
            pickup.Delete(recursive: true);
        }
    }
}
