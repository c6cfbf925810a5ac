using System.Collections.Concurrent;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Messaging;
using Connect.Grains.Purchases.Stripe;
using Connect.Silo;
using Orleans.Storage;

namespace Connect.CrashMatrix.Host;

/// <summary>
/// Counts the steps of each account (a write of grain state, an append to the ledger, a reminder set or removed, a call of Stripe) and holds an account for ever at
/// the point it was told: for the world outside, that account's process has ended there, and a kill of the process only makes it true.
/// </summary>
internal sealed class Steps
{
    /// <summary>The point before the first step.</summary>
    public const string Nothing = "nothing yet";

    private readonly ConcurrentDictionary<string, AccountSteps> accounts = new(StringComparer.Ordinal);

    /// <summary>Puts the turnstile before the services that make steps.</summary>
    public void Watch(IServiceCollection services)
    {
        Wrap<IStoredStates>(services, typeof(IGrainStorage), CreditsHosting.GrainStorage, StepNames.OfStorage);
        Wrap<IReminderTable>(services, typeof(IReminderTable), null, StepNames.OfReminders);
        Wrap<IStripeGateway>(services, typeof(IStripeGateway), null, StepNames.OfStripe);
        Wrap<ISmsGateway>(services, typeof(ISmsGateway), null, StepNames.OfSms);
        Replace(services, typeof(ILedgerStore), null, (inner, _) => StepProxy<ILedgerStore>.Around(inner, new LedgerTurnstile(this, (ILedgerStore)inner).Cross));
    }

    /// <summary>Begins to count accounts anew.</summary>
    public void Arm(IEnumerable<Hold> holds)
    {
        foreach (var hold in holds)
            accounts[hold.Account] = new AccountSteps(hold);
    }

    /// <summary>How far every armed account has come.</summary>
    public IEnumerable<Progress> Report() => accounts.Values.Select(account => account.Progress);

    /// <summary>The account's count, or null for one that is not armed.</summary>
    public AccountSteps? Of(string account) => accounts.GetValueOrDefault(account);

    private void Wrap<T>(IServiceCollection services, Type service, string? key, Func<StepCall, Step?> name) where T : class =>
        Replace(services, service, key, (inner, provider) =>
        {
            var turnstile = new Turnstile(this, provider.GetRequiredService<IGrainContextAccessor>(), name);
            return StepProxy<T>.Around(inner, turnstile.Cross);
        });

    private static void Replace(IServiceCollection services, Type service, string? key, Func<object, IServiceProvider, object> around)
    {
        var known = services.Last(descriptor => descriptor.ServiceType == service && Equals(descriptor.ServiceKey, key));
        services.Remove(known);
        services.Add(key is null
            ? ServiceDescriptor.Singleton(service, provider => around(Make(provider, known), provider))
            : ServiceDescriptor.KeyedSingleton(service, key, (provider, _) => around(Make(provider, known), provider)));
    }

    private static object Make(IServiceProvider provider, ServiceDescriptor known) => known switch
    {
        { IsKeyedService: true, KeyedImplementationFactory: { } factory } => factory(provider, known.ServiceKey),
        { IsKeyedService: false, ImplementationFactory: { } factory } => factory(provider),
        _ => ActivatorUtilities.CreateInstance(provider, (known.IsKeyedService ? known.KeyedImplementationType : known.ImplementationType)!),
    };

    /// <summary>What the grain storage is to Orleans.</summary>
    internal interface IStoredStates : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>;
}
