using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;

namespace TelemetryKit.Core.Tests.Accounts;

public class MailRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(MailFailure.Deferred, new[] { 15, 60, 240, 960, 3_600, 3_600 })]
    [InlineData(MailFailure.Interrupted, new[] { 15, 60, 240, 960, 3_600, 3_600 })]
    [InlineData(MailFailure.Unreachable, new[] { 2, 4, 8, 16, 32, 60, 60 })]
    public void A_mail_is_tried_again_after_longer_and_longer_pauses(MailFailure failure, int[] seconds)
    {
        for (var i = 0; i < seconds.Length; i++)
            Assert.Equal(Now.AddSeconds(seconds[i]), MailSchedule.RetryAt(Mail(attempts: i + 1), failure, Now));
        Assert.Equal(Now.AddSeconds(seconds[^1]), MailSchedule.RetryAt(Mail(attempts: int.MaxValue), failure, Now));
    }

    [Theory]
    [InlineData(MailFailure.Refused)]
    [InlineData(MailFailure.InvalidAddress)]
    [InlineData(MailFailure.Utf8Unsupported)]
    public void A_mail_that_is_refused_for_good_is_not(MailFailure failure) =>
        Assert.Null(MailSchedule.RetryAt(Mail(attempts: 1), failure, Now));

    [Fact]
    public void Neither_is_one_that_would_be_too_old()
    {
        var mail = Mail(attempts: 1);
        Assert.NotNull(MailSchedule.RetryAt(mail, MailFailure.Deferred, mail.ExpiresAt.AddSeconds(-16)));
        Assert.Null(MailSchedule.RetryAt(mail, MailFailure.Deferred, mail.ExpiresAt.AddSeconds(-15)));
    }

    [Fact]
    public void A_mail_that_cannot_get_through_is_given_up_after_a_bounded_number_of_attempts()
    {
        foreach (var (failure, most) in ((MailFailure, int)[])[(MailFailure.Deferred, 30), (MailFailure.Unreachable, 1_450)])
        {
            var (mail, now) = (Mail(attempts: 1), Now);
            while (MailSchedule.RetryAt(mail, failure, now) is { } due)
                (mail, now) = (mail with { Attempts = mail.Attempts + 1 }, due);
            Assert.InRange(mail.Attempts, 2, most);
        }
    }

    [Fact]
    public void Every_failure_has_a_word_of_its_own()
    {
        var failures = Enum.GetValues<MailFailure>();
        Assert.Equal(failures.Length, failures.Select(failure => failure.Code()).Distinct().Count());
    }

    [Fact]
    public void Attempts_that_hang_give_their_slots_up_and_go_on()
    {
        var slots = new MailSlots();
        for (var i = 0; i < Limits.MailsAtOnce; i++)
            Assert.Empty(slots.Begin(Mail($"a@host{i}.example"), Now));
        Assert.Equal(0, slots.Free(Now));
        Assert.Equal(0, slots.Free(Now + Limits.SlowMail - TimeSpan.FromTicks(1)));
        Assert.Equal(Limits.MailsAtOnce, slots.Free(Now + Limits.SlowMail));
        Assert.Equal(Limits.MailsAtOnce, slots.Running);
    }

    [Fact]
    public void Too_many_that_hang_end_with_the_longest_running_one()
    {
        var (slots, now, mails) = (new MailSlots(), Now, new List<WaitingMail>());
        for (var i = 0; i < Limits.MailsAtOnce; i++)
        {
            mails.Add(Mail($"a@host{i}.example"));
            Assert.Empty(slots.Begin(mails[i], now));
            now += Limits.SlowMail;
        }

        // The newest of them is not slow yet.
        now -= TimeSpan.FromTicks(1);
        Assert.Empty(slots.Begin(Mail("b@host.example"), now));
        now += TimeSpan.FromTicks(1);
        Assert.Empty(slots.Begin(Mail("c@host.example"), now));
        now += Limits.SlowMail;
        Assert.Equal([mails[0].Id, mails[1].Id], slots.Begin(Mail("d@host.example"), now));
        Assert.Equal(Limits.MailsAtOnce + 1, slots.Running);
    }

    [Fact]
    public void A_slow_domain_ends_its_own_attempts_and_not_those_of_others()
    {
        var slots = new MailSlots();
        var other = Mail("ann@other.example");
        slots.Begin(other, Now.AddSeconds(-10));
        var mails = Enumerable.Range(0, Limits.MailsPerDomain + 2).Select(i => Mail($"a{i}@host.example")).ToArray();
        foreach (var (i, mail) in mails.Index())
            Assert.Empty(slots.Begin(mail, Now.AddTicks(i)));
        Assert.Equal(mails.Take(2).Select(mail => mail.Id), slots.Begin(Mail("b@host.example"), Now + Limits.SlowMail * 2));
    }

    [Fact]
    public void A_domain_that_is_alone_keeps_as_many_slow_attempts_as_it_has_slots()
    {
        var slots = new MailSlots();
        var mails = Enumerable.Range(0, Limits.MailsPerLoneDomain).Select(i => Mail($"a{i}@host.example")).ToArray();
        foreach (var (i, mail) in mails.Index())
            Assert.Empty(slots.Begin(mail, Now.AddTicks(i)));
        Assert.Empty(slots.Begin(Mail("b@host.example"), Now + Limits.SlowMail * 2));
        Assert.Equal([mails[0].Id], slots.Begin(Mail("c@host.example"), Now + Limits.SlowMail * 4));
    }

    [Fact]
    public void While_the_mail_server_is_away_one_attempt_at_a_time_asks_for_it()
    {
        var (slots, now) = (new MailSlots(), Now);
        foreach (var mail in Enumerable.Range(0, 10).Select(i => Mail($"a@host{i}.example")))
            slots.Begin(mail, now);

        // Ten concurrent failures count as one.
        for (var i = 0; i < 10; i++)
            Assert.Empty(slots.NoteUnreachable(now));
        foreach (var seconds in (int[])[1, 2, 4, 8, 10, 10])
        {
            now += TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1);
            Assert.Equal(0, slots.Free(now));
            now += TimeSpan.FromTicks(1) + Limits.SlowMail;
            Assert.Equal(1, slots.Free(now));
            var probe = Mail("b@host.example");
            slots.Begin(probe, now);
            Assert.Equal(0, slots.Free(now));
            slots.End(probe.Id);
            slots.NoteUnreachable(now);
        }

        slots.NoteReached(now);
        Assert.Equal(Limits.MailsAtOnce, slots.Free(now));
        slots.NoteUnreachable(now);
        Assert.Equal(1, slots.Free(now.AddSeconds(1)));
    }

    [Fact]
    public void A_mail_server_that_takes_no_more_connections_gets_back_those_that_hang()
    {
        var slots = new MailSlots();
        var (hangs, quick) = (Mail("a@host.example"), Mail("b@host.example"));
        slots.Begin(hangs, Now);
        slots.Begin(quick, Now + Limits.SlowMail);
        Assert.Equal([hangs.Id], slots.NoteUnreachable(Now + Limits.SlowMail));
        Assert.Equal(1, slots.Running);
    }

    [Fact]
    public void A_mail_server_gets_as_many_connections_as_it_accepts_and_then_one_more_from_time_to_time()
    {
        var (slots, now, mails) = (new MailSlots(), Now, Enumerable.Range(0, 10).Select(i => Mail($"a@host{i}.example")).ToArray());
        foreach (var mail in mails)
            slots.Begin(mail, now);
        foreach (var mail in mails[4..])
        {
            Assert.True(slots.NoteBusy(mail.Id, now, out var ended));
            Assert.Empty(ended);
            slots.End(mail.Id);
        }

        Assert.Equal(0, slots.Free(now));
        foreach (var mail in mails[..4])
            slots.End(mail.Id);
        slots.NoteReached(now);
        Assert.Equal(4, slots.Free(now));
        Assert.Equal(4, slots.Free(now + Limits.BusyMailServer - TimeSpan.FromTicks(1)));
        Assert.Equal(5, slots.Free(now + Limits.BusyMailServer));
        Assert.Equal(Limits.MailsAtOnce, slots.Free(now + Limits.BusyMailServer * Limits.MailsAtOnce));
    }

    [Fact]
    public void A_mail_server_that_accepts_no_connection_is_unreachable()
    {
        var (slots, mail) = (new MailSlots(), Mail());
        slots.Begin(mail, Now);
        Assert.False(slots.NoteBusy(mail.Id, Now, out _));
        slots.End(mail.Id);
        Assert.Equal(0, slots.Free(Now));
        slots.NoteReached(Now);
        for (var i = 1; i < Limits.MailsAtOnce; i++)
        {
            slots.Begin(mail, Now);
            Assert.True(slots.NoteBusy(mail.Id, Now, out _));
            slots.End(mail.Id);
            Assert.Equal(1, slots.Free(Now));
        }

        slots.Begin(mail, Now);
        Assert.False(slots.NoteBusy(mail.Id, Now, out _));
    }

    [Fact]
    public void Whatever_happens_no_more_run_than_mail_servers_allow()
    {
        var (slots, now, random, running) = (new MailSlots(), Now, new Random(1), new List<Guid>());
        for (var step = 0; step < 20_000; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(300));
            if (random.Next(4) == 0 && running.Count > 0)
            {
                var ended = running[random.Next(running.Count)];
                running.Remove(ended);
                slots.End(ended);
            }
            else if (slots.Free(now) > 0)
            {
                var mail = Mail($"a{step}@host{random.Next(1 + (step % 50))}.example");
                running.Add(mail.Id);
                foreach (var ended in slots.Begin(mail, now))
                    Assert.True(running.Remove(ended));
            }

            Assert.Equal(running.Count, slots.Running);
            Assert.InRange(slots.Running, 0, 2 * Limits.MailsAtOnce);
        }
    }

    private static WaitingMail Mail(string to = "ada@example.org", int attempts = 1) => new()
    {
        Id = Guid.NewGuid(), Kind = "test", To = EmailAddress.TryParse(to)!, Data = "{}", CreatedAt = Now, ExpiresAt = Now + Limits.MailAge,
        Attempts = attempts,
    };
}
