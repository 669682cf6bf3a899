namespace TelemetryKit.Support.Stripe;

/// <summary>How a card of <see cref="FakeStripe"/> behaves.</summary>
public enum FakeCard
{
    /// <summary>Every payment succeeds.</summary>
    Good,

    /// <summary>Every payment is declined.</summary>
    Declined,

    /// <summary>The first payment of a subscription succeeds, and all later ones are declined.</summary>
    FailsLater,
}

/// <summary>What goes wrong with a request to <see cref="FakeStripe"/>.</summary>
public enum FakeFault
{
    /// <summary>The response is 500, and nothing happens.</summary>
    ServerError,

    /// <summary>The response is 429, and nothing happens.</summary>
    TooManyRequests,

    /// <summary>The response is 403, and nothing happens, as if the key had no permission.</summary>
    Refused,

    /// <summary>There is no response, and nothing happens.</summary>
    NoResponse,

    /// <summary>The connection is reset before anything happens.</summary>
    ResetBefore,

    /// <summary>The connection is reset after the request had its effect.</summary>
    ResetAfter,
}

/// <summary>What happens to a subscription when all attempts to charge the card failed.</summary>
public enum FakeGiveUp
{
    /// <summary>It is canceled.</summary>
    Cancel,

    /// <summary>It is unpaid.</summary>
    Unpaid,
}
