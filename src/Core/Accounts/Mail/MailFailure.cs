namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>Why an attempt to send a mail failed.</summary>
public enum MailFailure
{
    /// <summary>The mail server accepts no mail at present: it can't be reached, has no encryption, or refused the credentials.</summary>
    Unreachable,

    /// <summary>The mail server refused a connection temporarily (4xx), usually because it has too many from this client.</summary>
    Busy,

    /// <summary>The connection failed or timed out while this mail was sent.</summary>
    Interrupted,

    /// <summary>The mail server refused this mail temporarily (4xx).</summary>
    Deferred,

    /// <summary>The mail server refused this mail permanently (5xx).</summary>
    Refused,

    /// <summary>The address is not valid for mail.</summary>
    InvalidAddress,

    /// <summary>The address needs SMTPUTF8, which the mail server doesn't offer.</summary>
    Utf8Unsupported,
}

/// <summary>Extensions of <see cref="MailFailure"/>.</summary>
public static class MailFailures
{
    /// <summary>Returns whether a retry would fail in the same way.</summary>
    public static bool IsPermanent(this MailFailure failure) =>
        failure is MailFailure.Refused or MailFailure.InvalidAddress or MailFailure.Utf8Unsupported;

    /// <summary>Returns the stable code for metrics and logs.</summary>
    public static string Code(this MailFailure failure) => failure switch
    {
        MailFailure.Unreachable => "unreachable",
        MailFailure.Busy => "busy",
        MailFailure.Interrupted => "interrupted",
        MailFailure.Deferred => "deferred",
        MailFailure.Refused => "refused",
        MailFailure.InvalidAddress => "invalid_address",
        MailFailure.Utf8Unsupported => "utf8_unsupported",
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };
}
