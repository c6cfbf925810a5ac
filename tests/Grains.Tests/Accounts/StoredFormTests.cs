using System.Text.Json;
using Connect.Accounts;
using Connect.Grains.Accounts;
using Connect.Grains.Accounts.Engine;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts;

/// <summary>Snapshots and digests that an earlier version stored must be read for ever. Samples are added, never changed.</summary>
public sealed class StoredFormTests
{
    private const string SnapshotV1 =
        """
        {"Layout":1,"State":{"Sequence":6,"LastAt":"2026-11-22T12:00:00+00:00",
        "Live":[{"Id":3,"Source":2,"Granted":50,"Remaining":45,"GrantedAt":"2026-11-21T12:00:00+00:00","ExpiresAt":"2026-11-24T12:00:00+00:00","Voided":false}],
        "Ended":[{"Id":2,"Source":2,"Granted":10,"Remaining":0,"GrantedAt":"2026-11-21T12:00:00+00:00","ExpiresAt":"2026-11-23T12:00:00+00:00","Voided":false}],
        "Available":45,"Granted":60,"Spent":15,"Expired":0,"Voided":0,
        "AutoTopUp":{"Settings":{"Enabled":true,"Threshold":50,"Credits":200,"MonthlyCap":5000},"Version":4,"InFlight":"top-up-6","Suspended":null,"SuspensionMessage":"",
        "SuspendedAt":null,"LastPurchaseId":"top-up-6","LastAttemptAt":"2026-11-22T12:00:00+00:00","SpendMonth":0,"SpentInMonth":0}}}
        """;

    private const string SnapshotV2 =
        """
        {"Layout":2,"State":{"Sequence":5,"LastAt":"2026-11-22T12:00:00+00:00",
        "Live":[],"Ended":[{"Id":2,"Source":2,"Granted":10,"Remaining":0,"GrantedAt":"2026-11-21T12:00:00+00:00","ExpiresAt":"2026-11-23T12:00:00+00:00","Voided":false,"PurchaseId":null},
        {"Id":3,"Source":0,"Granted":50,"Remaining":0,"GrantedAt":"2026-11-22T12:00:00+00:00","ExpiresAt":"2027-02-20T12:00:00+00:00","Voided":false,"PurchaseId":"p"}],
        "Available":0,"Granted":60,"Spent":25,"Expired":0,"Voided":0,
        "AutoTopUp":{"Settings":{"Enabled":false,"Threshold":0,"Credits":0,"MonthlyCap":null},"Version":0,"InFlight":null,"Suspended":null,"SuspensionMessage":"",
        "SuspendedAt":null,"LastPurchaseId":null,"LastAttemptAt":null,"SpendMonth":0,"SpentInMonth":0},
        "Revoked":35,"Shortfalls":[{"Sequence":5,"PurchaseId":"p","Credits":5}]}}
        """;

    private static AccountState Written()
    {
        var account = AccountWith((10, Noon.AddDays(1)), (50, Noon.AddDays(2)));
        account.Do(TopUp("set", 50, 200, cap: 5_000), Noon);
        account.Do(Debit("d", 15L), Noon);
        return account.State;
    }

    [Fact]
    public void A_snapshot_of_the_first_version_is_the_state_that_it_was_taken_of()
    {
        var stored = JsonSerializer.Deserialize<AccountSnapshot>(SnapshotV1)!;
        AssertSame(Written(), stored.State!);

        // It lacks what revocations need, so the account is read from its ledger instead.
        Assert.NotEqual(AccountSnapshot.CurrentLayout, stored.Layout);
    }

    [Fact]
    public void A_snapshot_of_this_version_is_the_state_that_it_was_taken_of()
    {
        var stored = JsonSerializer.Deserialize<AccountSnapshot>(SnapshotV2)!;
        Assert.Equal(AccountSnapshot.CurrentLayout, stored.Layout);
        AssertSame(WrittenWithRevocation(), stored.State!);
        AssertSame(stored.State!, JsonSerializer.Deserialize<AccountSnapshot>(JsonSerializer.Serialize(stored))!.State!);
        Assert.Null(JsonSerializer.Deserialize<AccountSnapshot>("{}")!.State);
    }

    private static AccountState WrittenWithRevocation()
    {
        var account = AccountWith((10, Noon.AddDays(1)));
        account.Do(Bought("p", 50), Noon);
        account.Do(Debit("d", 25L), Noon);
        account.Do(Revoke("refund:1", "p", 40), Noon);
        return account.State;
    }

    [Fact]
    public void A_snapshot_and_every_command_survive_the_wire()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var wire = services.GetRequiredService<Serializer>();
        foreach (var state in new[] { Written(), WrittenWithRevocation() })
            AssertSame(state, wire.Deserialize<AccountSnapshot>(wire.SerializeToArray(new AccountSnapshot { Layout = 2, State = state }))!.State!);
        foreach (var command in Commands().Keys)
        {
            var read = wire.Deserialize<AccountCommand>(wire.SerializeToArray(command))!;
            Assert.Equal((command.GetType(), command.OperationId, command.Reference, command.Actor), (read.GetType(), read.OperationId, read.Reference, read.Actor));
            Assert.Equal(Fingerprint.Of(command), Fingerprint.Of(read));
        }
    }

    [Fact]
    public void Digests_of_commands_are_those_of_the_first_version() =>
        Assert.All(Commands(), pair => Assert.Equal(pair.Value, Fingerprint.Of(pair.Key)));

    private static Dictionary<AccountCommand, long> Commands() => new()
    {
        [new OpenAccount { OperationId = "a", Reference = "r", Actor = "ana" }] = 3321037393914249149,
        [Grant("b", 5) with { Source = GrantSource.AutoTopUp, ExpiresAt = Noon, PurchaseId = "p", Paid = 7, Reference = "r" }] = 237819653239461822,
        [Debit("c", 5L) with { Reference = "r" }] = -4359015264358412847,
        [Debit("d", 1, 2, 3) with { Reference = "r" }] = -5891036985709815999,
        [Reverse("e", "d", 2) with { Reference = "r" }] = 2151864387038912552,
        [Void("f", 2) with { Reference = "r" }] = -2564495293062234897,
        [TopUp("g", 50, 200, 5_000)] = 1307137867358788667,
        [new SuspendAutoTopUp { OperationId = "h", PurchaseId = "p", Reason = SuspensionReason.CardDeclined }] = -8956671913940883565,
        [new ResumeAutoTopUp { OperationId = "i" }] = -2534437149093933052,
        [Revoke("j", "p", 3)] = 1918033881729423111,
        [Restore("k", "j")] = -7929761010774559077,
        [new StopAutoTopUp { OperationId = "l", Reason = SuspensionReason.Dispute }] = 1569272886619259299,
    };

    private static void AssertSame(AccountState expected, AccountState actual)
    {
        Assert.Equal(expected.Live.AsEnumerable(), actual.Live.AsEnumerable());
        Assert.Equal(expected.Ended.AsEnumerable(), actual.Ended.AsEnumerable());
        Assert.Equal(expected.Shortfalls.AsEnumerable(), actual.Shortfalls.AsEnumerable());
        Assert.Equal(expected with { Live = [], Ended = [], Shortfalls = [] }, actual with { Live = [], Ended = [], Shortfalls = [] });
    }
}
