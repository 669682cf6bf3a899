using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

public class CallTests
{
    [Theory]
    [InlineData(FakeFault.ServerError)]
    [InlineData(FakeFault.TooManyRequests)]
    [InlineData(FakeFault.ResetBefore)]
    [InlineData(FakeFault.ResetAfter)]
    [InlineData(FakeFault.NoResponse)]
    public async Task Stripe_is_unavailable_if_it_fails(FakeFault fault)
    {
        await using var harness = await Harness.CreateAsync();
        using var gateway = new StripeGateway(harness.Options(timeout: TimeSpan.FromMilliseconds(500)), harness.Time);
        harness.Stripe.Fail(fault);
        await Assert.ThrowsAsync<BillingUnavailableException>(
            () => gateway.FindCheckoutAsync("cs_unknown", harness.Cancellation));
    }

    [Theory]
    [InlineData(FakeFault.ServerError)]
    [InlineData(FakeFault.ResetBefore)]
    [InlineData(FakeFault.ResetAfter)]
    public async Task A_write_is_repeated_and_has_its_effect_once(FakeFault fault)
    {
        await using var harness = await Harness.CreateAsync();
        using var gateway = new StripeGateway(harness.Options(retries: 2), harness.Time);
        var request = Harness.Request(await harness.NewCustomerAsync());
        harness.Stripe.Fail(fault, times: 2, method: "POST");
        await gateway.CreateCheckoutAsync(request, "key", harness.Cancellation);
        Assert.Single(harness.Stripe.All("checkout.session"));
        Assert.Equal(3, harness.Stripe.Requests.Count(one => one == "POST /v1/checkout/sessions"));
    }

    [Fact]
    public async Task After_several_failures_no_calls_are_made_for_some_time()
    {
        await using var harness = await Harness.CreateAsync();
        var options = harness.Options();
        harness.Stripe.Fail(FakeFault.ServerError, times: options.FailuresUntilPause + 1);
        for (var i = 0; i < options.FailuresUntilPause + 3; i++)
            await FailAsync(harness);
        var requests = harness.Stripe.Requests.Count;
        await FailAsync(harness);
        Assert.Equal(requests, harness.Stripe.Requests.Count);

        // One call is tried, which fails. After the next pause, one succeeds.
        harness.Time.Advance(options.Pause);
        await FailAsync(harness);
        await FailAsync(harness);
        Assert.Equal(requests + 1, harness.Stripe.Requests.Count);
        harness.Time.Advance(options.Pause);
        for (var i = 0; i < 3; i++)
            Assert.Null(await harness.Gateway.FindCheckoutAsync("cs_unknown", harness.Cancellation));
    }

    [Fact]
    public void One_call_is_tried_at_a_time_after_a_pause()
    {
        var time = new Support.ManualTime();
        var circuit = new Circuit(2, TimeSpan.FromSeconds(30), time);
        circuit.Fail();
        Assert.True(circuit.TryEnter());
        circuit.Fail();
        Assert.False(circuit.TryEnter());
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(circuit.TryEnter());
        Assert.False(circuit.TryEnter());
        circuit.Succeed();
        Assert.True(circuit.TryEnter());
        Assert.True(circuit.TryEnter());
    }

    [Fact]
    public async Task A_call_that_the_caller_cancels_is_no_failure_of_stripe()
    {
        await using var harness = await Harness.CreateAsync();
        harness.Stripe.Fail(FakeFault.NoResponse, times: 10);
        for (var i = 0; i < 10; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var call = harness.Gateway.FindCheckoutAsync("cs_unknown", cancellation.Token);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        harness.Stripe.EndFaults();
        Assert.Null(await harness.Gateway.FindCheckoutAsync("cs_unknown", harness.Cancellation));
    }

    [Fact]
    public async Task No_exception_contains_the_key_or_texts_of_stripe()
    {
        await using var harness = await Harness.CreateAsync();
        const string Key = "sk_test_wrong";
        var options = harness.Options(key: Key);
        using var gateway = new StripeGateway(options, harness.Time);
        var exception = await Assert.ThrowsAsync<BillingRefusedException>(
            () => gateway.CreateCustomerAsync(Guid.NewGuid(), "Ada", "ada@example.org", harness.Cancellation));
        Assert.DoesNotContain(Key, exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Invalid API Key", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("401", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk_", $"{gateway} {options}", StringComparison.Ordinal);
    }

    private static Task<BillingUnavailableException> FailAsync(Harness harness) => Assert.ThrowsAsync<BillingUnavailableException>(
        () => harness.Gateway.FindCheckoutAsync("cs_unknown", harness.Cancellation));
}
