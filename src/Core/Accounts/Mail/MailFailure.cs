namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>Why an attempt to send a mail failed.</summary>
public enum MailFailure
{
    /// <summary>The mail server accepts no mail at all for now: no connection, no encryption, or the credentials were refused.</summary>
    Unreachable,

    /// <summary>The connection broke, or took too long, while this mail was being sent.</summary>
    Interrupted,

    /// <summary>The mail server refused this mail for now (4xx).</summary>
    Deferred,

    /// <summary>The mail server refused this mail for good (5xx).</summary>
    Refused,

    /// <summary>No mail can be written to the address.</summary>
    InvalidAddress,

    /// <summary>The address needs SMTPUTF8, which the mail server doesn't offer.</summary>
    Utf8Unsupported,
}

/// <summary>What follows from failures.</summary>
public static class MailFailures
{
    /// <summary>Whether trying again would end the same way.</summary>
    public static bool IsPermanent(this MailFailure failure) =>
        failure is MailFailure.Refused or MailFailure.InvalidAddress or MailFailure.Utf8Unsupported;

    /// <summary>The stable word for metrics and logs.</summary>
    public static string Code(this MailFailure failure) => failure switch
    {
        MailFailure.Unreachable => "unreachable",
        MailFailure.Interrupted => "interrupted",
        MailFailure.Deferred => "deferred",
        MailFailure.Refused => "refused",
        MailFailure.InvalidAddress => "invalid_address",
        MailFailure.Utf8Unsupported => "utf8_unsupported",
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };
}
