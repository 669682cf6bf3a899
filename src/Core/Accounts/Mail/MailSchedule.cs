namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>When a mail that could not be sent is tried again.</summary>
public static class MailSchedule
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestPauseOfServer = TimeSpan.FromMinutes(1);

    /// <summary>The time of the next attempt; <c>null</c> if the failure is permanent or the mail would be too old by then.</summary>
    /// <param name="mail">The mail, after at least one attempt.</param>
    /// <param name="failure">How its last attempt ended.</param>
    /// <param name="now">Now.</param>
    public static DateTimeOffset? RetryAt(WaitingMail mail, MailFailure failure, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(mail);
        if (failure.IsPermanent())
            return null;
        var due = now + PauseAfter(mail.Attempts, failure);
        return due < mail.ExpiresAt ? due : null;
    }

    // An unreachable mail server concerns all mails, and they should go soon after it is back. Any other failure concerns one recipient.
    private static TimeSpan PauseAfter(int attempts, MailFailure failure) => failure == MailFailure.Unreachable
        ? Grown(TimeSpan.FromSeconds(2), factor: 2, attempts, LongestPauseOfServer)
        : Grown(TimeSpan.FromSeconds(15), factor: 4, attempts, LongestPause);

    private static TimeSpan Grown(TimeSpan first, double factor, int attempts, TimeSpan longest) =>
        TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(factor, Math.Max(attempts, 1) - 1)));
}
