using Connect.Grains.Tests.Campaigns;
using Connect.Messaging;

namespace Connect.Grains.Tests.Messaging;

[Collection(nameof(CampaignCluster))]
public sealed class OptOutsTests(CampaignCluster cluster)
{
    private const ulong Ann = 61_412_000_001, Bob = 61_412_000_002, Cy = 61_412_000_003;

    [Fact]
    public async Task An_account_asks_for_its_own_and_for_those_of_everybody()
    {
        await List("outs-1").Add([Ann], OptOutSource.Person, "ana");
        await List(IOptOutsGrain.Everybody).Add([61_412_999_991], OptOutSource.Reply, "STOP");
        Assert.Equal([Ann, 61_412_999_991ul], (await List("outs-1").Which([61_412_999_991, Bob, Ann])).AsEnumerable());
        Assert.Equal([61_412_999_991ul], (await List("outs-2").Which([61_412_999_991, Bob, Ann])).AsEnumerable());
        Assert.Empty(await List("outs-1").Which([]));
        Assert.Empty(await List("outs-1").Which(default));
    }

    [Fact]
    public async Task Adding_and_removing_again_changes_nothing_more()
    {
        var list = List("outs-3");
        await list.Add([Ann, Bob], OptOutSource.Person, "ana");
        var first = await list.Find(Ann);
        await list.Add([Ann, Cy], OptOutSource.Reply, "STOP");
        await list.Add([], OptOutSource.Person, "ana");
        Assert.Equal(first, await list.Find(Ann));
        Assert.Equal((OptOutSource.Person, "ana"), (first!.Source, first.Actor));
        Assert.Equal(3, await list.Count());
        await list.Remove([Ann, Bob], "ana");
        await list.Remove([Ann], "ana");
        Assert.Null(await list.Find(Ann));
        Assert.Null(await list.Find(0));
        Assert.Equal(1, await list.Count());
    }

    [Fact]
    public async Task A_list_comes_in_pages()
    {
        var list = List("outs-4");
        await list.Add([Cy, Ann, Bob], OptOutSource.Person, "ana");
        var first = await list.List(0, 2);
        Assert.Equal([Ann, Bob], first.OptOuts.Select(found => found.Number));
        Assert.Equal(Bob, first.NextCursor);
        var second = await list.List(Bob, 2);
        Assert.Equal([Cy], second.OptOuts.Select(found => found.Number));
        Assert.Null(second.NextCursor);
        Assert.Null((await list.List(0, 3)).NextCursor);
    }

    [Fact]
    public async Task More_numbers_than_a_call_takes_are_refused()
    {
        var many = Enumerable.Range(1, IOptOutsGrain.MaxNumbers + 1).Select(number => (ulong)number).ToArray();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => List("outs-5").Add([.. many], OptOutSource.Person, "ana"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => List("outs-5").Which([.. many]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => List("outs-5").Remove([.. many], "ana"));
        Assert.Equal(0, await List("outs-5").Count());
    }

    private IOptOutsGrain List(string key) => cluster.Client.GetGrain<IOptOutsGrain>(key);
}
