using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Purchases.Engine;
using CsCheck;
using static Connect.Grains.Tests.Purchases.Engine.MoneyBackBuild;
using AccountBuild = Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>
/// Random histories of refunds, disputes, failures, debits, reversals and expiries, with crashes, lost answers, spent keys and late executions, over the real account engine and a small
/// Stripe that knows nothing of claims. CsCheck prints the seed of a failing one; pass it as <c>seed:</c> to replay.
/// </summary>
public sealed class MoneyBackProperties
{
    private const long Credits = 1_000;
    private const long Paid = 9_000;

    private enum What
    {
        Order, OrderAll, AtStripe, FailRefund, CancelRefund, Dispute, Inquiry, Reinstate, Win, Lose, Debit, Reverse, Days, RunLate, Outage,
    }

    private enum Mishap
    {
        None, LostBefore, LostAfter, KeptErrorAfter, ExecutedLater, CrashAfterSave, CrashAfterCall,
    }

    private sealed record Step(What What, int Amount, int Target, int Work, Mishap[] Mishaps);

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Enum<What>(), Gen.Int[1, (int)Paid], Gen.Int[0, 20], Gen.Int[0, 8], Gen.Enum<Mishap>().Array[0, 6], (what, amount, target, work, mishaps) => new Step(what, amount, target, work, mishaps));

    [Fact]
    public void Credits_go_with_the_money_and_come_back_with_it_and_no_order_is_paid_twice() => AnyStep.List[1, 30].Sample(steps => new World().Play(steps), iter: 5_000);

    private sealed class World
    {
        private readonly AccountBuild _account = AccountBuild.OpenAccount();
        private readonly Stripe _stripe = new();
        private MoneyBackState _durable = Fresh;
        private DateTimeOffset _now = Noon;
        private int _operations;

        public World() => Assert.True(_account.Do(AccountBuild.Bought("p", Credits), Noon).Result.Holds);

        public void Play(List<Step> steps)
        {
            foreach (var step in steps)
            {
                Happen(step);
                Work(step.Work, new(step.Mishaps));
                Check();
            }

            _stripe.RunLate();
            Settle();
            CheckSettled();

            // Whatever went back comes back: then every credit that was taken is there again, or has ended in its own way.
            _stripe.UndoEverything();
            Settle();
            CheckSettled();
            Assert.Equal(0, _account.State.Totals.Revoked);
            Assert.Empty(_durable.Claims());
        }

        private void Happen(Step step)
        {
            switch (step.What)
            {
                case What.Order or What.OrderAll:
                    var order = Order(step.What == What.Order ? step.Amount : null, $"op-{_operations++}");
                    Assert.Null(MoneyBackDecider.Refusal(_durable, order));
                    _durable = MoneyBackDecider.Take(_durable, order, _now);
                    break;
                case What.Debit: _account.Do(AccountBuild.Debit($"d-{_operations++}", 1 + step.Amount % 600), _now); break;
                case What.Reverse:
                    var debit = _account.Entries.LastOrDefault(entry => entry.Kind == EntryKind.Debit);
                    if (debit is not null) _account.Do(AccountBuild.Reverse($"r-{_operations++}", debit.OperationId, 1 + step.Amount % -debit.Credits), _now);
                    break;
                case What.Days or What.Outage:
                    // Stripe rolls a failed request forward within a day.
                    _stripe.RunLate();
                    _now = step.What == What.Outage ? _now.AddHours(25) : _now.AddDays(1 + step.Target * 2);
                    break;
                case What.RunLate: _stripe.RunLate(); break;
                default: _stripe.Happen(step.What, step.Amount, step.Target); break;
            }

            _durable = _durable with { MustRead = true };
        }

        private void Work(int calls, Queue<Mishap> mishaps)
        {
            for (var i = 0; i < calls; i++)
                if (!One(mishaps.TryDequeue(out var mishap) ? mishap : Mishap.None)) return;
        }

        private void Settle()
        {
            _durable = _durable with { MustRead = true };
            for (var i = 0; !MoneyBackDecider.Settled(_durable); i++)
            {
                Assert.True(i < 2_000, $"It never settles: {_durable.Next(_now)}");
                One(Mishap.None);
            }
        }

        // One call, and what a grain saves before and after it.
        private bool One(Mishap mishap)
        {
            var step = _durable.Next(_now);
            _durable = step.State;
            if (mishap == Mishap.CrashAfterSave) return true;
            if (step.Call is MoneyBackCall.Nothing) return false;
            if (step.Call is MoneyBackCall.Wait wait)
            {
                _now = wait.Until;
                return true;
            }

            var learned = Ask(step.Call, mishap);
            Check();
            if (mishap != Mishap.CrashAfterCall) _durable = MoneyBackDecider.Learn(_durable, learned, _now);
            return true;
        }

        private MoneyLearned Ask(MoneyBackCall call, Mishap mishap)
        {
            var unknown = new MoneyLearned.CallFailed(call, Technical());
            if (mishap == Mishap.LostBefore) return unknown;
            MoneyLearned answer;
            switch (call)
            {
                case MoneyBackCall.Read: answer = new MoneyLearned.ListsRead(_stripe.Reading()); break;
                case MoneyBackCall.StopTopUp stop: answer = new MoneyLearned.TopUpStopped(stop.Id); break;
                case MoneyBackCall.Revoke revoke:
                    var taken = _account.Do(AccountBuild.Revoke(MoneyBackKeys.Revoke(revoke.Return, revoke.Claim.Number), "p", revoke.Claim.Credits), _now).Result;
                    Assert.True(taken.Holds, $"{taken.Outcome}");
                    answer = new MoneyLearned.Revoked(revoke.Return.Id, revoke.Claim.Number, taken.Shortfall);
                    break;
                case MoneyBackCall.Restore restore:
                    var given = _account.Do(
                        AccountBuild.Restore(MoneyBackKeys.Restore(restore.Return, restore.Claim.Number), MoneyBackKeys.Revoke(restore.Return, restore.Claim.Number)), _now).Result;
                    Assert.True(given.Holds, $"{given.Outcome}");
                    answer = new MoneyLearned.Restored(restore.Return.Id, restore.Claim.Number);
                    break;
                case MoneyBackCall.MakeRefund make: return _stripe.Make(make, mishap);
                default: throw new InvalidOperationException($"{call}");
            }

            return mishap == Mishap.LostAfter ? unknown : answer;
        }

        private void Check()
        {
            var totals = _account.State.Totals;
            Assert.True(totals.Balanced, $"{totals}");
            Assert.InRange(_durable.Returns.Sum(one => one.Claimed), 0, Credits);
            Assert.InRange(totals.Revoked, 0, Credits);
            _stripe.Check();
        }

        private void CheckSettled()
        {
            Check();
            var gone = Math.Min(Paid, _stripe.Gone());
            var claimed = _durable.Returns.Sum(one => one.Claimed);
            var share = gone == Paid ? Credits : Credits * gone / Paid;

            // Undoing one of several leaves the others what each claimed, so at most a credit each more than their share together.
            Assert.InRange(claimed, share, Math.Min(Credits, share + _durable.Returns.Length));
            var missing = _durable.Returns.Sum(one => one.Shortfall);
            Assert.InRange(_account.State.Totals.Revoked, claimed - missing, claimed);
        }
    }

    /// <summary>As much of Stripe as matters here. It looks at amounts and statuses only.</summary>
    private sealed class Stripe
    {
        private readonly Dictionary<string, MoneyLearned> _kept = [];
        private readonly List<Action> _late = [];
        private readonly List<RefundReading> _refunds = [];
        private readonly List<DisputeReading> _disputes = [];

        public MoneyReading Reading() => new() { Refunds = [.. _refunds], Disputes = [.. _disputes] };

        public long Gone() => Refunded + _disputes.Where(Open).Sum(dispute => dispute.Amount);

        private long Refunded => _refunds.Where(Live).Sum(refund => refund.Amount);

        public void Check()
        {
            Assert.InRange(Refunded, 0, Paid);
            Assert.All(_refunds.Where(refund => refund.OperationId is not null && Live(refund)).GroupBy(refund => refund.OperationId), order => Assert.Single(order));
        }

        public void RunLate()
        {
            foreach (var late in _late.ToArray()) late();
            _late.Clear();
        }

        public void UndoEverything()
        {
            for (var i = 0; i < _refunds.Count; i++) _refunds[i] = _refunds[i] with { Status = Live(_refunds[i]) ? "failed" : _refunds[i].Status };
            for (var i = 0; i < _disputes.Count; i++) _disputes[i] = _disputes[i] with { Status = "won" };
        }

        public void Happen(What what, int amount, int target)
        {
            switch (what)
            {
                case What.AtStripe: Execute(amount, null); break;
                case What.FailRefund or What.CancelRefund:
                    if (_refunds.Count > 0) _refunds[target % _refunds.Count] = _refunds[target % _refunds.Count] with { Status = what == What.FailRefund ? "failed" : "canceled" };
                    break;
                case What.Dispute or What.Inquiry:
                    _disputes.Add(Dispute($"du_{_disputes.Count}", amount, what == What.Dispute ? "needs_response" : "warning_needs_response"));
                    break;
                default:
                    if (_disputes.Count == 0) break;
                    var at = target % _disputes.Count;
                    _disputes[at] = what switch
                    {
                        What.Reinstate => _disputes[at] with { Reinstated = true },
                        What.Win => _disputes[at] with { Status = "won", Reinstated = true },
                        _ => _disputes[at] with { Status = "lost", Reinstated = false },
                    };
                    break;
            }
        }

        public MoneyLearned Make(MoneyBackCall.MakeRefund call, Mishap mishap)
        {
            var (order, operation) = (call.Order, call.Order.Order.OperationId);
            var key = MoneyBackKeys.Refund("a/p", operation, order.KeyNumber);
            var unknown = new MoneyLearned.CallFailed(call, Technical());
            if (_kept.TryGetValue(key, out var kept)) return kept;
            if (mishap == Mishap.ExecutedLater)
            {
                _kept[key] = new MoneyLearned.CallFailed(call, Technical(keySpent: true));
                _late.Add(() => Execute(order.Amount!.Value, operation));
                return unknown;
            }

            MoneyLearned answer = Execute(order.Amount!.Value, operation) is { } made
                ? new MoneyLearned.RefundMade(operation, made.Id)
                : new MoneyLearned.CallFailed(call, Refused("charge_already_refunded"));
            _kept[key] = mishap == Mishap.KeptErrorAfter ? new MoneyLearned.CallFailed(call, Technical(keySpent: true)) : answer;
            return mishap is Mishap.LostAfter or Mishap.KeptErrorAfter ? unknown : answer;
        }

        private RefundReading? Execute(long amount, string? operation)
        {
            if (amount > Paid - Refunded || _disputes.Any(dispute => Open(dispute) && !dispute.Status.StartsWith("warning", StringComparison.Ordinal))) return null;
            _refunds.Add(Refund($"re_{_refunds.Count}", amount, "succeeded", operation));
            return _refunds[^1];
        }

        private static bool Live(RefundReading refund) => refund.Status is not ("failed" or "canceled");

        private static bool Open(DisputeReading dispute) => dispute.Status == "lost" || (dispute.Status != "won" && !dispute.Reinstated);
    }
}
