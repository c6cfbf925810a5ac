// The tests start servers and silos; two at a time would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
