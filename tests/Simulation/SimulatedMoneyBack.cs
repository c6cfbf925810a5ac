using Connect.Accounts;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Simulation;

/// <summary>The money of a purchase that goes back, as its grain runs it.</summary>
internal sealed class SimulatedMoneyBack(World world, SimulatedStripe stripe, SimulatedAccount account, SimulatedPurchase purchase)
{
    private readonly List<Action<bool>> _waiting = [];
    private MoneyBackState? _known;
    private MoneyBackState? _fresh;
    private long _prompts;
    private long _read;
    private bool _working;
    private int _activation;

    /// <summary>What storage has.</summary>
    public MoneyBackState? Stored { get; private set; }

    /// <summary>An operator's refund. True when it was taken or needs no repeating.</summary>
    public bool Refund(RefundOrder order)
    {
        if (!Begin()) return true;
        var current = Current;
        if (MoneyBackDecider.Refusal(current, order) is not null || MoneyBackDecider.Find(_known ?? current, order.OperationId) is not null) return true;
        if (!Save(MoneyBackDecider.Take(current, order, world.Now))) return false;
        WorkIn(TimeSpan.Zero);
        return true;
    }

    /// <summary>Something may have happened: read the lists. The answer comes when it is settled, or saved as still to be done.</summary>
    public void Prompt(Action<bool> answer)
    {
        if (!Begin())
        {
            answer(true);
            return;
        }

        _prompts++;
        _waiting.Add(answer);
        WorkIn(TimeSpan.Zero);
    }

    /// <summary>The program is there again: the reminder brings it back while something is open.</summary>
    public void Wake()
    {
        if (Stored is null) return;
        world.Later(world.Chance.Between(TimeSpan.Zero, TimeSpan.FromMinutes(1)), Work);
    }

    /// <summary>The program has died, or storage failed under it.</summary>
    public void Forget()
    {
        (_known, _fresh, _working, _prompts, _read) = (null, null, false, 0, 0);
        _activation++;
        _waiting.Clear();
    }

    private MoneyBackState Current
    {
        get
        {
            var known = _known ?? _fresh!;
            return _prompts > _read && !known.MustRead ? known with { MustRead = true } : known;
        }
    }

    private bool Begin()
    {
        _known ??= Stored;
        if (_known is not null || _fresh is not null) return true;
        if (purchase.Stored is not { Phase: PurchasePhase.Credited, IntentId: { } intent } bought) return false;
        _fresh = MoneyBackDecider.Begin(intent, bought.Price.Credits, bought.Price.Total);
        return true;
    }

    private void WorkIn(TimeSpan wait)
    {
        var activation = _activation;
        world.Later(wait, () =>
        {
            if (activation == _activation) Work();
        });
    }

    private void Work()
    {
        if (_working || !Begin()) return;
        _working = true;
        Step();
    }

    private void Step()
    {
        var current = Current;
        var step = MoneyBackDecider.Next(current, world.Now);
        if (step.State != current && !Save(step.State)) return;
        if (step.Call is MoneyBackCall.Nothing or MoneyBackCall.Wait)
        {
            _working = false;
            Answer(true);
            if (step.Call is MoneyBackCall.Wait wait) WorkIn(wait.Until - world.Now);
            return;
        }

        var (activation, prompts) = (_activation, _prompts);
        Make(step.Call, learned =>
        {
            if (activation != _activation) return;
            if (learned is MoneyLearned.ListsRead) _read = prompts;
            var next = MoneyBackDecider.Learn(Current, learned, world.Now);
            if (MoneyBackDecider.Differ((_known ?? _fresh)!, next) && !Save(next)) return;
            if (learned is MoneyLearned.CallFailed) _read = _prompts;
            if (Stored is { MustRead: true, Failures: > 0 }) Answer(true);
            world.Later(TimeSpan.FromMilliseconds(2), () =>
            {
                if (activation == _activation) Step();
            });
        });
    }

    private void Make(MoneyBackCall call, Action<MoneyLearned> learn)
    {
        var soon = TimeSpan.FromMilliseconds(5);
        var intent = Current.IntentId;
        switch (call)
        {
            case MoneyBackCall.Read:
                stripe.Ask<MoneyReading>(null, "", () => stripe.ReadMoney(intent), (reading, problem) =>
                    learn(reading is null ? new MoneyLearned.CallFailed(call, problem!) : new MoneyLearned.ListsRead(reading)));
                break;
            case MoneyBackCall.MakeRefund make:
                var (order, amount) = (make.Order, make.Order.Amount!.Value);
                stripe.Ask<RefundReading>(
                    MoneyBackKeys.Refund(purchase.Key, order.Order.OperationId, order.KeyNumber),
                    FormattableString.Invariant($"{intent} {amount}"),
                    () => stripe.Refund(intent, amount, order.Order.OperationId),
                    (refund, problem) => learn(refund is null ? new MoneyLearned.CallFailed(call, problem!) : new MoneyLearned.RefundMade(order.Order.OperationId, refund.Id)));
                break;
            case MoneyBackCall.Revoke revoke:
                world.Later(soon, () => learn(Answered(
                    call,
                    account.Post(new RevokeCredits { OperationId = MoneyBackKeys.Revoke(revoke.Return, revoke.Claim.Number), PurchaseId = purchase.Id, Credits = revoke.Claim.Credits }),
                    result => new MoneyLearned.Revoked(revoke.Return.Id, revoke.Claim.Number, result.Shortfall))));
                break;
            case MoneyBackCall.Restore restore when world.Sabotage == Sabotage.NeverRestored:
                world.Later(soon, () => learn(new MoneyLearned.Restored(restore.Return.Id, restore.Claim.Number)));
                break;
            case MoneyBackCall.Restore restore:
                var undo = new RestoreCredits
                {
                    OperationId = MoneyBackKeys.Restore(restore.Return, restore.Claim.Number), RevokeOperationId = MoneyBackKeys.Revoke(restore.Return, restore.Claim.Number),
                };
                world.Later(soon, () => learn(Answered(call, account.Post(undo), _ => new MoneyLearned.Restored(restore.Return.Id, restore.Claim.Number))));
                break;
            case MoneyBackCall.StopTopUp stop:
                var command = new StopAutoTopUp
                {
                    OperationId = MoneyBackKeys.Stop(stop.Id, stop.IsDispute), Reason = stop.IsDispute ? SuspensionReason.Dispute : SuspensionReason.EarlyFraudWarning,
                };
                world.Later(soon, () => learn(account.Post(command) is null ? Failed(call) : new MoneyLearned.TopUpStopped(stop.Id)));
                break;
            default:
                throw new InvalidOperationException($"{call} is not a call.");
        }
    }

    private static MoneyLearned Answered(MoneyBackCall call, PostResult? result, Func<PostResult, MoneyLearned> learned) =>
        result is { Holds: true } or { Outcome: PostOutcome.NotApplicable } ? learned(result) : Failed(call);

    private static MoneyLearned.CallFailed Failed(MoneyBackCall call) => new(call, new() { Kind = ProblemKind.Technical, Message = "no answer" });

    private bool Save(MoneyBackState next)
    {
        var (fails, stored) = (world.Mishap(), world.Chance.PerMille(500));
        if (!fails || stored) Stored = next;
        if (!fails)
        {
            _known = next;
            return true;
        }

        Answer(false);
        Forget();
        Wake();
        return false;
    }

    private void Answer(bool done)
    {
        var waiting = _waiting.ToList();
        _waiting.Clear();
        foreach (var one in waiting) one(done);
    }
}
