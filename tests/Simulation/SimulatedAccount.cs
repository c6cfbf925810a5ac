using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Purchases;

namespace Connect.Simulation;

/// <summary>An account as its grain runs it: a durable ledger, a state in memory that is read anew after any doubt, and a top-up in flight that is started again and again until it ends.</summary>
internal sealed class SimulatedAccount(World world, string id, Action<string, TopUpOrder> startTopUp)
{
    private readonly Dictionary<string, LedgerEntry> _byOperation = [];
    private AccountState? _state;

    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>The ledger: durable.</summary>
    public List<LedgerEntry> Ledger { get; } = [];

    /// <summary>Called for each entry once it is durable.</summary>
    public Action<LedgerEntry> Posted { get; set; } = _ => { };

    /// <summary>The state after time has done its part, or null when storage failed.</summary>
    public AccountState? Settled()
    {
        var decision = AccountDecider.Tick(State, world.Now);
        return decision.Entries.IsEmpty || Append(decision) ? decision.State : null;
    }

    /// <summary>Posts a command. Null when nobody knows whether it was stored: the caller repeats it.</summary>
    public PostResult? Post(AccountCommand command)
    {
        var earlier = command switch
        {
            Reverse reverse => reverse.DebitOperationId,
            RevokeCredits revoke => $"purchase:{revoke.PurchaseId}",
            RestoreCredits restore => restore.RevokeOperationId,
            _ => null,
        };
        var about = earlier is null ? null : _byOperation.GetValueOrDefault(earlier);
        var decision = AccountDecider.Decide(State, command, new DecisionContext
        {
            Now = world.Now,
            Posted = _byOperation.GetValueOrDefault(command.OperationId),
            About = about,
            AlreadyReversed = about is null ? 0 : Ledger.Where(entry => entry.Reverses == about.Sequence).Sum(entry => entry.Credits),
        });
        if (world.Sabotage == Sabotage.AnsweredEarly && command is Debit && world.Chance.PerMille(20)) return decision.Result;
        return decision.Entries.IsEmpty || Append(decision) ? decision.Result : null;
    }

    /// <summary>The program is there again: whatever is due is posted, and a top-up in flight is looked after.</summary>
    public void Wake()
    {
        _state = null;
        Settled();
        LookAfterTopUp();
    }

    /// <summary>The program has died.</summary>
    public void Forget() => _state = null;

    // As the account's reminder does: as long again as the top-up has taken, from a minute to a day.
    private void LookAfterTopUp()
    {
        if (State.AutoTopUp.InFlight is not { } purchase) return;
        StartTopUp();
        var taken = world.Now - (State.AutoTopUp.LastAttemptAt ?? world.Now);
        var wait = taken < TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(1) : taken < TimeSpan.FromDays(1) ? taken : TimeSpan.FromDays(1);
        world.Later(wait, () =>
        {
            if (State.AutoTopUp.InFlight == purchase) LookAfterTopUp();
        });
    }

    private AccountState State => _state ??= Ledger.Aggregate(AccountState.None, (state, entry) => state.Apply(entry));

    private void StartTopUp()
    {
        if (State.AutoTopUp.InFlight is not { } purchase) return;
        startTopUp(purchase, new TopUpOrder { Credits = State.AutoTopUp.Settings.Credits, SpendLimit = AutoTopUpRules.SpendLimit(State.AutoTopUp, world.Now) });
    }

    private bool Append(Decision decision)
    {
        var (fails, stored) = (world.Mishap(), world.Chance.PerMille(500));
        if (!fails || stored)
        {
            foreach (var entry in decision.Entries)
            {
                if (!_byOperation.TryAdd(entry.OperationId, entry)) throw new InvalidOperationException($"{entry.OperationId} was posted twice.");
                Ledger.Add(entry);
                world.Tell($"{Id}: {entry.Sequence} {entry.Kind} {entry.Credits} -> {entry.BalanceAfter} ({entry.OperationId})");
                Posted(entry);
            }
        }

        _state = fails ? null : decision.State;
        if (!fails && decision.Entries.Any(entry => entry.Kind == EntryKind.TopUpStarted)) world.Later(TimeSpan.Zero, LookAfterTopUp);

        // The activation ends; the next one finds the top-up in flight, if one is.
        if (fails) world.Later(TimeSpan.FromSeconds(2), LookAfterTopUp);
        return !fails;
    }
}
