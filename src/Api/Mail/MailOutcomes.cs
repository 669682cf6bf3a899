namespace TelemetryKit.Api.Mail;

/// <summary>The reasons for giving up a mail, in addition to the failures of its last attempt.</summary>
internal static class MailOutcomes
{
    /// <summary>It could not be sent before it expired.</summary>
    public const string Expired = "expired";

    /// <summary>Too many mails of its kind wait for its address.</summary>
    public const string AddressFull = "address_full";

    /// <summary>Too many mails wait.</summary>
    public const string QueueFull = "queue_full";
}
