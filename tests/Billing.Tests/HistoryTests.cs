using TelemetryKit.Core.Billing;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests;

/// <summary>Random histories of a customer: whatever is done, each event above the quota is on one invoice.</summary>
public class HistoryTests
{
    private const int Steps = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Each_event_is_billed_once(int seed)
    {
        var random = new Random(seed);
        await using var harness = await Harness.CreateAsync(Harness.Start.AddMinutes(random.Next(100_000)));
        var plan = PlanPrices.Sold[random.Next(2)];
        var customer = await harness.SubscribeAsync(plan, random.Next(2) == 0 ? BillingInterval.Month : BillingInterval.Year);
        var history = new History(harness, customer, random);
        for (var step = 0; step < Steps; step++)
            await history.StepAsync(step);
        await history.EndAsync();
        Assert.Equal(history.Counted, harness.Stripe.ReportedUsage(customer));
        Assert.Equal(history.Counted, harness.Stripe.InvoicedUsage(customer));
        Assert.All(harness.Stripe.All("invoice"), invoice => Assert.Equal("paid", invoice["status"]!.ToString()));
    }

    private sealed class History(Harness harness, string customer, Random random)
    {
        private long _hour;

        public long Counted { get; private set; }

        private DateTimeOffset HourStart
        {
            get
            {
                var now = harness.Time.GetUtcNow();
                return new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
            }
        }

        public async Task StepAsync(int step)
        {
            var subscription = await harness.ReadAsync(customer);
            var plan = PlanPrices.Sold[random.Next(2)];
            var interval = random.Next(4) == 0 ? BillingInterval.Year : BillingInterval.Month;
            switch (random.Next(9))
            {
                case 0:
                    await harness.Gateway.ChangeNowAsync(subscription.Id, plan, interval, $"{step}", harness.Cancellation);
                    break;
                case 1:
                    await harness.Gateway.ChangeAtPeriodEndAsync(subscription.Id, plan, interval, $"{step}", harness.Cancellation);
                    break;
                case 2:
                    await harness.Gateway.UndoChangeAsync(subscription.Id, $"{step}", harness.Cancellation);
                    break;
                case 3:
                    await harness.Gateway.SetOverageAsync(subscription.Id, random.Next(3) > 0, $"{step}", harness.Cancellation);
                    break;
                case 4:
                    harness.Stripe.ChangeCard(customer, FakeCard.Good);
                    break;
                case 5:
                    await AdvanceAsync(TimeSpan.FromDays(random.Next(40)));
                    break;
                default:
                    await AdvanceAsync(TimeSpan.FromMinutes(random.Next(3000)));
                    break;
            }

            // Events are accepted only while they are billed.
            if ((await harness.ReadAsync(customer)).OverageCentsPerEvent is null)
                return;
            var events = random.Next(1000);
            _hour += events;
            Counted += events;
        }

        public async Task EndAsync()
        {
            // Usage is counted by whole seconds, so what was changed in this second isn't reported in it.
            var hour = HourStart;
            harness.Stripe.Advance(TimeSpan.FromSeconds(2));
            if (_hour > 0)
                await harness.Gateway.ReportOverageAsync(customer, hour, _hour, harness.Cancellation);
            await harness.Gateway.CancelNowAsync((await harness.ReadAsync(customer)).Id, "end", harness.Cancellation);
            harness.Stripe.Advance(TimeSpan.FromHours(2));
        }

        // The server reports an hour when it has ended, up to half an hour later.
        private async Task AdvanceAsync(TimeSpan by)
        {
            var target = harness.Time.GetUtcNow() + by;
            var hour = HourStart;
            var reportAt = hour.AddHours(1).AddMinutes(random.Next(30));
            if (target < reportAt)
                target = reportAt;
            harness.Stripe.Advance(reportAt - harness.Time.GetUtcNow());
            if (_hour > 0)
                await harness.Gateway.ReportOverageAsync(customer, hour, _hour, harness.Cancellation);
            _hour = 0;
            harness.Stripe.Advance(target - harness.Time.GetUtcNow());
        }
    }
}
