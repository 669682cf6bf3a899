using System.Globalization;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Core.Subscriptions;
using TelemetryKit.Support.Stripe;

namespace TelemetryKit.Billing.Tests.Product;

/// <summary>One random history of a tenant: what it does, what happens to it, and what goes wrong.</summary>
internal sealed class ProductHistory
{
    private const int MostRetries = 20;
    private static readonly FakeFault[] Faults = [FakeFault.ResetAfter, FakeFault.ResetBefore, FakeFault.ServerError];
    private static readonly FakeCard[] Cards = [FakeCard.Good, FakeCard.Good, FakeCard.Declined, FakeCard.FailsLater];
    private readonly ProductWorld _world;
    private readonly Random _random;
    private readonly Guid _tenant;
    private readonly Guid _project;
    private readonly TenantModel _model;
    private readonly List<string> _steps = [];
    private readonly HashSet<string> _customers = [];
    private readonly List<FakeWebhook> _received = [];
    private DateTimeOffset? _unreported;
    private bool _isMeasurable = true;
    private int _month;
    private long _accepted;
    private long _counted;
    private decimal _spent;
    private decimal _mostSpent;

    private ProductHistory(ProductWorld world, Random random, Guid tenant, Guid project)
    {
        (_world, _random, _tenant, _project) = (world, random, tenant, project);
        _model = new(world.Now);
    }

    /// <summary>The events that were billed and are on invoices.</summary>
    public long Invoiced { get; private set; }

    /// <summary>Runs a history. A failure has its steps.</summary>
    public static async Task<ProductHistory> RunAsync(ProductWorld world, int seed)
    {
        var (tenant, project) = await world.NewTenantAsync();
        var history = new ProductHistory(world, new Random(seed), tenant, project);
        try
        {
            history.Note($"at {world.Now:u}");
            for (var steps = history._random.Next(4, 16); steps > 0; steps--)
                await history.StepAsync();
            await history.EndAsync();
            return history;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException(
                $"{exception.Message}\nSeed {seed}, model {history._model.Subscription}:\n{string.Join('\n', history._steps)}", exception);
        }
    }

    private bool IsGood => _model.Subscription?.Card == FakeCard.Good;

    private async Task StepAsync()
    {
        if (_random.Next(4) == 0)
            _world.Stripe.Fail(Faults[_random.Next(Faults.Length)], _random.Next(1, 3), after: _random.Next(8));
        switch (_random.Next(20))
        {
            case 0 or 1 when !_model.IsSubscribed:
                await BeginAsync(tabs: _random.Next(1, 4));
                break;
            case 0:
                await BeginAsync(tabs: 1);
                break;
            case 1 or 2 or 3 or 4 when !_model.IsSubscribed:
                await PayAsync();
                break;
            case 2 or 3 or 4 or 5:
                await ChangeAsync();
                break;
            case 6:
                await ReplaceCardAsync();
                break;
            case 7 or 8:
                await SetCapAsync();
                break;
            case 9 or 10 or 11:
                await AcceptAsync();
                break;
            case 12:
                await ReceiveAsync();
                break;
            case 13:
                Note("synchronise");
                await RepeatAsync(() => _world.SyncAsync(_tenant), outcome => outcome != BillingSyncOutcome.Unavailable);
                await CheckAsync();
                break;
            case 14:
                await OperateAsync();
                break;
            case 15 when _random.Next(4) == 0:
                if (!await DeleteCustomerAsync())
                    break;
                Note("delete the customer");
                _model.DeleteCustomer();
                _isMeasurable = false;
                break;
            case 16:
                Note("report");
                await ReportAsync();
                break;
            default:
                await AdvanceAsync();
                break;
        }
    }

    private async Task EndAsync()
    {
        Note("end");
        _world.Stripe.EndFaults();
        await _world.SyncAsync(_tenant);
        await CheckAsync();
        if (_counted > 0)
            await CheckBillsAsync();
        foreach (var webhook in _world.Stripe.HeldWebhooks)
            _world.Stripe.Drop(webhook);
        // It isn't renewed in the histories that follow.
        foreach (var customer in _customers)
            _world.Stripe.Forget(customer);
    }

    private async Task<bool> DeleteCustomerAsync()
    {
        if (await CustomerAsync() is not { } customer || _world.Stripe.Find(customer).ContainsKey("deleted"))
            return false;
        _world.Stripe.DeleteCustomer(customer);
        return true;
    }

    private async Task BeginAsync(int tabs)
    {
        var (plan, interval) = (RandomPlan(), RandomInterval());
        Note($"{tabs} tabs: {plan} {interval}");
        // The product returns an open page only if it is the same; with several tabs, one of them may have another plan first.
        var results = await RepeatAsync(
            () => Task.WhenAll(Enumerable.Range(0, tabs).Select(_ => _world.BeginCheckoutAsync(_tenant, plan, interval))), _ => true);
        if (!_model.IsSubscribed)
            _model.BeginCheckout(plan, interval);
        var expected = !_model.IsSubscribed ? CheckoutOutcome.Page
            : _model.Subscription!.FailedAt is null ? CheckoutOutcome.Subscribed
            : CheckoutOutcome.Card;
        Assert.All(results!, result => Assert.Equal(expected, result.Outcome));
        if (expected == CheckoutOutcome.Page)
            Assert.Single(results!.Select(result => result.Address).Distinct());
        var customer = (await CustomerAsync())!;
        _customers.Add(customer);
        var pages = _world.Stripe.All("checkout.session").Count(
            one => (string?)one["customer"] == customer && (string?)one["status"] == "open");
        Assert.True(pages <= 1, "There are two pages.");
    }

    private async Task PayAsync()
    {
        if (_model.Page is null)
            await BeginAsync(1);
        var card = Cards[_random.Next(Cards.Length)];
        var page = (await _world.AccountAsync(_tenant))!.Checkout!.PageId!;
        Note($"pay with {card}");
        Assert.Equal(_model.Pay(card), _world.Stripe.PayCheckout(page, card));
        if (_random.Next(3) > 0)
            await RepeatAsync(() => _world.SyncAsync(_tenant), outcome => outcome != BillingSyncOutcome.Unavailable);
    }

    private async Task ChangeAsync()
    {
        PlanId plan = _random.Next(4) == 0 ? PlanId.Free : RandomPlan();
        BillingInterval? interval = _random.Next(3) == 0 ? RandomInterval() : null;
        if (_model is { IsSubscribed: true, Subscription: { FailedAt: null } sub } && plan != PlanId.Free)
        {
            var wanted = interval ?? sub.Interval;
            // Credits would pay for these, so what happens depends on the sums.
            var isUpgrade = plan > sub.Plan || (plan == sub.Plan && wanted > sub.Interval);
            if (isUpgrade && (wanted < sub.Interval || (!IsGood && (wanted != sub.Interval || sub.PeriodEnd < _model.Now.AddDays(1)))))
                return;
        }

        Note($"change to {plan} {interval}");
        var before = _model.Subscription?.ToString();
        var expected = _model.Change(plan, interval);
        var isRepeated = false;
        PlanChangeOutcome? outcome;
        try
        {
            outcome = await RepeatAsync(
                () => _world.ChangeAsync(_tenant, plan, interval), _ => true, () => isRepeated = true);
        }
        catch (BillingRefusedException exception) when (exception.Code == "card_declined")
        {
            outcome = null;
        }

        // A repeated call may find that it is done.
        if (!isRepeated || expected is null or PlanChangeOutcome.NotSubscribed or PlanChangeOutcome.Unpaid)
            Assert.True(expected == outcome, $"{outcome} instead of {expected}, before: {before}");
    }

    private async Task ReplaceCardAsync()
    {
        if (!_model.IsSubscribed)
            return;
        var (card, pays) = (Cards[_random.Next(Cards.Length)], _random.Next(2) == 0);
        // Small sums of events may be paid with any card.
        if (card != FakeCard.Good && _counted > 0)
            return;
        Note($"card {card}, pays {pays}");
        _world.Stripe.ChangeCard((await CustomerAsync())!, card, pays);
        _model.ChangeCard(card, pays);
    }

    private async Task SetCapAsync()
    {
        long? cents = _random.Next(4) == 0 ? null : _random.Next(0, 5);
        Note($"cap {cents}");
        if (await CustomerAsync() is null)
            return;
        var isSet = await RepeatAsync(() => _world.SetCapAsync(_tenant, cents), _ => true);
        Assert.Equal(cents is null || _model.IsSubscribed, isSet);
        if (!isSet)
            return;
        if (cents is not null)
            _model.Subscription!.BillsEvents = true;
        _model.Cap = cents;
        await CheckAsync(isSynchronised: cents is not null);
    }

    private async Task AcceptAsync()
    {
        var tenant = await _world.TenantAsync(_tenant);
        var month = QuotaMonth.Of(_world.Now);
        if (_month != month.Number)
            (_month, _accepted, _spent, _mostSpent) = (month.Number, 0, 0, 0);
        var limits = tenant.LimitsIn(month);
        // The state of the store may be older than that of Stripe, so what is accepted need not be on an invoice.
        var isBilled = limits.Included is not null && !_model.IsSubscribed;
        if (!IsGood && limits.Included is not null)
            return;
        if (limits.Quota is { } quota && _accepted < quota - 5 && _random.Next(4) > 0)
        {
            var events = quota - 5 - _accepted;
            Note($"use {events} events");
            await _world.UseQuotaAsync(_tenant, events);
            _accepted += events;
        }

        var wanted = _random.Next(1, 60);
        var granted = await _world.AcceptAsync(_tenant, _project, wanted, limits);
        Assert.Equal(limits.Most is { } most ? Math.Clamp(most - _accepted, 0, wanted) : wanted, granted);
        var included = limits.Included ?? long.MaxValue;
        var above = Math.Max(0, _accepted + granted - included) - Math.Max(0, _accepted - included);
        _accepted += granted;
        _counted += above;
        _isMeasurable &= !isBilled || above == 0;
        Note($"{granted} of {wanted} events, {above} above");
        if (above == 0)
            return;
        _unreported ??= ProductWorld.HourOf(_world.Now);
        if (!_model.IsSubscribed)
            return;
        _spent += above * ((await _world.AccountAsync(_tenant))!.State.OverageCentsPerEvent ?? 0);
        _mostSpent = Math.Max(_mostSpent, (await _world.AccountAsync(_tenant))!.OverageCapCents ?? 0);
    }

    private async Task ReceiveAsync()
    {
        var held = _world.Stripe.HeldWebhooks.ToList();
        if (_random.Next(3) == 0)
            held.Reverse();
        var count = 0;
        foreach (var webhook in held)
        {
            var fate = _random.Next(4);
            if (fate == 0)
                continue;
            _world.Stripe.Drop(webhook);
            // Lost for good.
            if (fate == 1)
                continue;
            await _world.ReceiveAsync(webhook);
            _received.Add(webhook);
            count++;
        }

        if (_received.Count > 0 && _random.Next(2) == 0)
            await _world.ReceiveAsync(_received[_random.Next(_received.Count)]);
        Note($"{count} of {held.Count} webhooks");
        if (_random.Next(2) == 0)
            await _world.SyncDueAsync();
    }

    private async Task OperateAsync()
    {
        if (_random.Next(2) == 0 && _model.ByOperator is null)
            return;
        _model.ByOperator = _model.ByOperator is null ? PlanId.Enterprise : null;
        _model.ChangedAt = _model.Now;
        Note($"operator: {_model.ByOperator}");
        await (_model.ByOperator is { } plan
            ? _world.Tenants.SetPlanAsync(_tenant, plan, CustomLimits.None, default)
            : _world.Tenants.LiftPlanAsync(_tenant, default));
    }

    private Task AdvanceAsync()
    {
        var by = _random.Next(8) switch
        {
            0 => TimeSpan.FromMinutes(_random.Next(3000)),
            1 or 2 => TimeSpan.FromHours(_random.Next(100)),
            3 or 4 => TimeSpan.FromDays(_random.Next(40)),
            5 => TimeSpan.FromDays(_random.Next(120)),
            // To the last minutes of a month, or the first ones.
            6 => QuotaMonth.UntilNext(_world.Now) + TimeSpan.FromMinutes(_random.Next(-3, 3)),
            _ => TimeSpan.FromMinutes(_random.Next(90)),
        };
        return AdvanceAsync(by < TimeSpan.Zero ? TimeSpan.Zero : by);
    }

    /// <summary>Advances the clock. Events above the quota are reported when their hour has ended, or up to half an hour later.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        var target = _world.Now + by;
        Note($"until {target:u}");
        if (_unreported is { } hour && hour.AddHours(1).AddMinutes(_random.Next(1, 30)) is var reportAt && reportAt <= target)
        {
            MoveTo(reportAt > _world.Now ? reportAt : _world.Now);
            await ReportAsync();
        }

        MoveTo(target);
    }

    private void MoveTo(DateTimeOffset target)
    {
        _world.Stripe.Advance(target - _world.Now);
        _model.AdvanceTo(target);
    }

    private async Task ReportAsync()
    {
        await RepeatAsync(_world.ReportAsync, _ => true);
        if (_unreported is { } hour && hour.AddHours(1) <= _world.Now)
            _unreported = null;
    }

    /// <summary>Repeats what fails because Stripe is away, as a person or a job does. Also in a process that started again.</summary>
    private async Task<T?> RepeatAsync<T>(Func<Task<T>> operation, Func<T, bool> isDone, Action? onRepeat = null)
    {
        for (var attempt = 0; attempt < MostRetries; attempt++)
        {
            try
            {
                if (await operation() is var result && isDone(result))
                {
                    _world.Stripe.EndFaults();
                    return result;
                }
            }
            catch (BillingUnavailableException)
            {
                Note("away");
            }

            onRepeat?.Invoke();
            if (_random.Next(2) == 0)
                _world.Restart();
            if (_random.Next(3) == 0)
                await ReceiveAsync();
        }

        _world.Stripe.EndFaults();
        return await operation();
    }

    /// <summary>Compares what is stored to the model.</summary>
    private async Task CheckAsync(bool isSynchronised = true)
    {
        var tenant = await _world.TenantAsync(_tenant);
        if (isSynchronised)
            Assert.Equal(_model.Plan, tenant.PlanId);
        var state = (await _world.AccountAsync(_tenant))?.State ?? BillingState.None;
        if (isSynchronised && _model.Subscription is { IsOver: false } sub)
        {
            var status = sub.FailedAt is null ? SubscriptionStatus.Active : SubscriptionStatus.PastDue;
            Assert.Equal(
                $"{(status, sub.Plan, sub.Interval)} until {sub.PeriodEnd:u}, ends {sub.Cancels}, next {sub.Next}",
                $"{(state.Status, state.Plan, state.Interval)} until {state.PeriodEnd:u}, "
                + $"ends {state.EndsAt is not null}, next {NextOf(state)}");
        }

        if (isSynchronised)
        {
            var later = tenant.LimitsIn(QuotaMonth.Of(_world.Now.AddMonths(1)));
            Assert.Equal((tenant.Plan.EventsPerMonth, _model.OverageEvents), (later.Quota, later.Overage));
            var now = tenant.LimitsIn(QuotaMonth.Of(_world.Now));
            Assert.Equal(later.Overage is null, now.Overage is null);
            if (later.Quota is { } quota)
                Assert.InRange(now.Quota!.Value, quota, Math.Max(quota, _accepted + quota));
        }

        Assert.True(_spent <= _mostSpent, $"{_spent} cents were spent of {_mostSpent}.");
        if (_customers.Count > 0)
        {
            var open = _world.Stripe.All("subscription").Count(
                one => IsOurs(one) && (string?)one["status"] is not ("canceled" or "incomplete_expired"));
            Assert.True(open <= 1, "There are two subscriptions.");
        }
    }

    private async Task CheckBillsAsync()
    {
        if (_unreported is not null)
            await AdvanceAsync(TimeSpan.FromHours(2));
        if (_model.Subscription is { IsOver: false, FailedAt: null })
        {
            // To the end of the periods, which are months for events.
            var days = 33;
            await AdvanceAsync(TimeSpan.FromDays(days));
        }

        await ReportAsync();
        var reported = _customers.Sum(_world.Stripe.ReportedUsage);
        if (_isMeasurable)
            Assert.True(_counted == reported, $"{_counted} events were counted and {reported} reported.");
        if (!_isMeasurable || _model.Subscription is { EndedBadly: true } or { FailedAt: not null })
            return;
        Invoiced = _customers.Sum(_world.Stripe.InvoicedUsage);
        Assert.True(_counted == Invoiced, $"{_counted} events were counted and {Invoiced} invoiced.");
    }

    private async Task<string?> CustomerAsync() => (await _world.AccountAsync(_tenant))?.CustomerId;

    private bool IsOurs(System.Text.Json.Nodes.JsonObject o) => (string?)o["customer"] is { } customer && _customers.Contains(customer);

    private static (PlanId, BillingInterval)? NextOf(BillingState state) => state.Next is { } next ? (next.Plan, next.Interval) : null;

    private PlanId RandomPlan() => PlanPrices.Sold[_random.Next(2)];

    private BillingInterval RandomInterval() => _random.Next(3) == 0 ? BillingInterval.Year : BillingInterval.Month;

    private void Note(FormattableString step) => _steps.Add(step.ToString(CultureInfo.InvariantCulture));

    private void Note(string step) => _steps.Add(step);
}
