namespace TelemetryKit.Backends;

/// <summary>A backend that uses HTTP.</summary>
internal interface IHttpBackend
{
    /// <summary>Sets what sends the requests if the client's options determine it.</summary>
    HttpSender? Sender { set; }
}
