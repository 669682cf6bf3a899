namespace TelemetryKit.Analyzers;

/// <summary>A kind of personal data.</summary>
/// <param name="what">A description that completes the message "looks like …", such as <c>a network address</c>.</param>
/// <param name="form">What may be recorded in its place.</param>
internal sealed class PersonalData(string what, AnonymousForm form)
{
    public string What => what;

    public AnonymousForm Form => form;
}
