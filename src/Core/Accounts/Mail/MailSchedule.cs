namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>The retry schedule of mails that could not be sent: exponential back-off.</summary>
public static class MailSchedule
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxDelayIfUnreachable = TimeSpan.FromMinutes(1);

    /// <summary>Returns the time of the next attempt, or <c>null</c> if the failure is permanent or the mail expires before.</summary>
    /// <param name="mail">The mail, after at least one attempt.</param>
    /// <param name="failure">The failure of its last attempt.</param>
    /// <param name="now">Now.</param>
    public static DateTimeOffset? RetryAt(WaitingMail mail, MailFailure failure, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(mail);
        if (failure.IsPermanent())
            return null;
        // It was not tried, and the slots limit the number of attempts.
        if (failure == MailFailure.Busy)
            return now < mail.ExpiresAt ? now : null;
        var due = now + DelayAfter(mail.Attempts, failure);
        return due < mail.ExpiresAt ? due : null;
    }

    // An unreachable mail server affects all mails, which should be sent soon after it is available again. Other failures affect one
    // recipient.
    private static TimeSpan DelayAfter(int attempts, MailFailure failure) => failure == MailFailure.Unreachable
        ? BackOff(TimeSpan.FromSeconds(2), factor: 2, attempts, MaxDelayIfUnreachable)
        : BackOff(TimeSpan.FromSeconds(15), factor: 4, attempts, MaxDelay);

    private static TimeSpan BackOff(TimeSpan first, double factor, int attempts, TimeSpan longest) =>
        TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(factor, Math.Max(attempts, 1) - 1)));
}
