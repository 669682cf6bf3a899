using System.Text;
using TelemetryKit.Core.Accounts.Totp;

namespace TelemetryKit.Core.Tests.Accounts;

public class TotpTests
{
    private static readonly byte[] RfcSecret = Encoding.ASCII.GetBytes("12345678901234567890");
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 30, 10, TimeSpan.Zero);

    [Theory]
    // RFC 6238, appendix B, the last six of its eight digits.
    [InlineData(59, "287082")]
    [InlineData(1_111_111_109, "081804")]
    [InlineData(1_111_111_111, "050471")]
    [InlineData(1_234_567_890, "005924")]
    [InlineData(2_000_000_000, "279037")]
    [InlineData(20_000_000_000, "353130")]
    public void Codes_are_those_of_the_rfc(long seconds, string code) =>
        Assert.Equal(code, TotpCode.At(RfcSecret, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Fact]
    public void A_code_is_good_for_a_step_either_way()
    {
        var secret = TotpCode.GenerateSecret();
        for (var seconds = -120; seconds <= 120; seconds++)
        {
            var step = TotpCode.Verify(secret, TotpCode.At(secret, Now.AddSeconds(seconds)), Now, lastStep: 0);
            var near = Math.Abs(StepOf(Now.AddSeconds(seconds)) - StepOf(Now)) <= 1;
            Assert.Equal(near ? StepOf(Now.AddSeconds(seconds)) : null, step);
        }
    }

    [Fact]
    public void A_code_that_was_used_is_not_good_again()
    {
        var secret = TotpCode.GenerateSecret();
        var code = TotpCode.At(secret, Now);
        var step = TotpCode.Verify(secret, code, Now, lastStep: 0);
        Assert.Null(TotpCode.Verify(secret, code, Now, step!.Value));
        Assert.Null(TotpCode.Verify(secret, TotpCode.At(secret, Now.AddSeconds(-30)), Now, step.Value));
        Assert.NotNull(TotpCode.Verify(secret, TotpCode.At(secret, Now.AddSeconds(30)), Now, step.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("abcdef")]
    public void What_is_no_code_is_refused(string code) => Assert.Null(TotpCode.Verify(RfcSecret, code, Now, 0));

    [Fact]
    public void A_secret_is_typed_without_padding() => Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", TotpCode.TextOf(RfcSecret));

    [Fact]
    public void A_recovery_code_may_be_typed_in_any_way_and_belongs_to_one_account()
    {
        var codes = RecoveryCode.GenerateSet();
        Assert.Equal(RecoveryCode.Count, codes.Distinct().Count());
        var (account, code) = (Guid.NewGuid(), codes[0]);
        Assert.Equal(RecoveryCode.Hash(account, code), RecoveryCode.Hash(account, code.ToUpperInvariant().Replace('-', ' ')));
        Assert.NotEqual(RecoveryCode.Hash(account, code), RecoveryCode.Hash(Guid.NewGuid(), code));
        Assert.NotEqual(RecoveryCode.Hash(account, code), RecoveryCode.Hash(account, codes[1]));
    }

    [Fact]
    public void The_address_for_apps_names_issuer_and_account() =>
        Assert.Equal(
            "otpauth://totp/TelemetryKit:a%40example.org"
            + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=TelemetryKit&algorithm=SHA1&digits=6&period=30",
            TotpCode.UriOf(RfcSecret, "TelemetryKit", "a@example.org"));

    private static long StepOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 30;

    [Fact]
    public void Pauses_after_wrong_codes_double_up_to_a_day_and_leave_a_guesser_one_chance_in_a_thousand_a_year()
    {
        Assert.Equal([0, 5, 10, 20, 40], ((int[])[4, 5, 6, 7, 8]).Select(count => TotpBackoff.After(count).TotalMinutes));
        Assert.Equal(TimeSpan.FromDays(1), TotpBackoff.After(int.MaxValue));
        var (codes, passed) = (0, TimeSpan.Zero);
        while (passed < TimeSpan.FromDays(365))
            passed += TotpBackoff.After(++codes);
        // Three codes of a million are valid at a time.
        Assert.InRange(codes * 3 / 1e6, 0.001, 0.0012);
        Assert.Equal([5, 10, 20, 30], Enumerable.Range(0, 31).Where(TotpBackoff.IsReported));
    }
}
