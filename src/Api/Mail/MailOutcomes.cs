namespace TelemetryKit.Api.Mail;

/// <summary>The reasons to give a mail up, beside those of its last attempt.</summary>
internal static class MailOutcomes
{
    /// <summary>It could not be sent in the time in which it was worth sending.</summary>
    public const string Expired = "expired";

    /// <summary>Too many mails of its kind waited for its address.</summary>
    public const string AddressFull = "address_full";

    /// <summary>Too many mails waited.</summary>
    public const string QueueFull = "queue_full";
}
