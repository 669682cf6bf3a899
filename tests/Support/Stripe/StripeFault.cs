namespace TelemetryKit.Support.Stripe;

/// <summary>A refusal of the fake, as Stripe's error object.</summary>
internal sealed class StripeFault(int status, string type, string message, string? code = null, string? param = null)
    : Exception(message)
{
    public int Status => status;

    public string Type => type;

    public string? Code => code;

    public string? Param => param;

    public static StripeFault Missing(string what, string id) =>
        new(404, "invalid_request_error", $"No such {what}: '{id}'", "resource_missing", "id");

    public static StripeFault Invalid(string message, string? param = null, string? code = null) =>
        new(400, "invalid_request_error", message, code, param);

    public static StripeFault Declined() => new(402, "card_error", "Your card was declined.", "card_declined");
}
