using Connect.Accounts;
using Connect.Grains.Accounts;
using Connect.Grains.Accounts.Engine;
using CsCheck;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts.Engine;

/// <summary>Random histories against the coin model, with time passing before every step. CsCheck prints the seed of a failing one; pass it as <c>seed:</c> to replay.</summary>
public sealed class ConservationProperties
{
    private sealed record Step(int What, int Amount, int Target, int Minutes, int[] Amounts);

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Int[0, 12],
        Gen.Int[1, 40],
        Gen.Int[0, 30],
        Gen.Frequency((3, Gen.Const(0)), (3, Gen.Int[1, 60]), (1, Gen.Int[60, 5_000])),
        Gen.Int[1, 3].Array[1, 30],
        (what, amount, target, minutes, amounts) => new Step(what, amount, target, minutes, amounts));

    [Fact]
    public void Every_history_agrees_with_the_coin_model() => AnyStep.List[1, 60].Sample(Agrees, iter: 5_000);

    private static void Agrees(List<Step> steps)
    {
        var account = Build.OpenAccount();
        var model = new CoinModel();
        var now = Noon;
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            now = now.AddMinutes(step.Minutes);
            model.PassTimeTo(now);
            Play(account, model, step, $"op-{i}", now);

            Assert.Equal(model.Totals, account.Tick(now).State.Totals);
            Assert.Equal(model.Batches.OrderBy(batch => batch.Batch), account.State.Live.Select(batch => (batch.Id, (int)batch.Remaining)).OrderBy(batch => batch.Id));
            Assert.True(account.State.Totals.Balanced);
        }

        var folded = account.Refolded();
        Assert.Equal(account.State.Totals, folded.Totals);
        Assert.Equal(account.State.Live.AsEnumerable(), folded.Live.AsEnumerable());
        var report = new LedgerReport(LedgerSums.None);
        account.Entries.ForEach(report.Add);
        Assert.Empty(report.Compare("a", account.State).Findings);
        Assert.Equal(account.Entries.Count, account.Entries.Select(entry => entry.OperationId).Distinct().Count());
    }

    private static void Play(Build account, CoinModel model, Step step, string id, DateTimeOffset now)
    {
        switch (step.What)
        {
            case 0 or 1 or 2:
                var expires = now.AddMinutes(1 + step.Target * 97 % 4_000);
                var purchase = step.What == 0 ? null : id;
                account.Do((purchase is null ? Grant(id, step.Amount) : Bought(purchase, step.Amount)) with { ExpiresAt = expires }, now);
                model.Grant(account.State.Live.Max(batch => batch.Id), step.Amount, now, expires, purchase);
                break;
            case 3 or 4:
                var accepted = model.Debit(id, [step.Amount]);
                Assert.Equal(accepted == 1 ? PostOutcome.Posted : PostOutcome.InsufficientCredits, account.Do(Debit(id, (long)step.Amount), now).Result.Outcome);
                break;
            case 5 or 6:
                Assert.Equal(model.Debit(id, step.Amounts), account.Do(Debit(id, step.Amounts), now).Result.AcceptedRecipients);
                break;
            case 7 or 8:
                var debit = $"op-{step.Target}";
                var outcome = account.Do(Reverse(id, debit, step.Amount % 7 + 1), now).Result.Outcome;
                Assert.Equal(model.Reverse(debit, step.Amount % 7 + 1, now), outcome == PostOutcome.Posted);
                break;
            case 9 or 10:
                var revoked = account.Do(Revoke(id, $"op-{step.Target}", step.Amount % 20 + 1), now).Result;
                Assert.Equal(model.Revoke(id, $"op-{step.Target}", step.Amount % 20 + 1, now), revoked.Outcome == PostOutcome.Posted ? (int)revoked.Credits : null);
                break;
            case 11:
                var restored = account.Do(Restore(id, $"op-{step.Target}"), now).Result;
                Assert.Equal(model.Restore($"op-{step.Target}", () => restored.Sequence, now), restored.Outcome == PostOutcome.Posted ? (int)restored.Credits : null);
                break;
            default:
                Assert.Equal(model.Void(step.Target), account.Do(Void(id, step.Target), now).Result.Outcome == PostOutcome.Posted);
                break;
        }
    }

    [Fact]
    public void Repeating_any_command_at_any_later_time_changes_nothing() => AnyStep.List[1, 30].Sample(
        steps =>
        {
            var account = Build.OpenAccount();
            var model = new CoinModel();
            for (var i = 0; i < steps.Count; i++) Play(account, model, steps[i], $"op-{i}", Noon);
            var (totals, sequence) = (account.State.Totals, account.State.Sequence);
            foreach (var entry in account.Entries.Where(entry => entry.Kind == EntryKind.Debit && entry.AcceptedRecipients == 0).ToList())
                Assert.Equal(PostOutcome.AlreadyPosted, account.Do(Debit(entry.OperationId, -entry.Credits), Noon).Result.Outcome);
            Assert.Equal((totals, sequence), (account.State.Totals, account.State.Sequence));
        },
        iter: 500);
}
